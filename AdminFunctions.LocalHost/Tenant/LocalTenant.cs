using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.Activity;
using AdminFunctions.LocalHost.Tenant.ManagementApi;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant;

/// <summary>
/// A local stand-in for an Auth0 tenant: OpenID Connect, the users of the Management API, and a control API under <c>/_local</c>.
/// Without a certificate, it uses plain HTTP. Its issuer and audiences always use HTTPS, like those of a real tenant.
/// </summary>
internal sealed class LocalTenant : IAsyncDisposable
{
    private readonly TenantOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Tokens _tokens;
    private readonly Lock _secretLock = new();
    private WebApplication? _app;
    private bool _disposed;
    private Action<string> _keepSecret = _ => { };

    private LocalTenant(TenantOptions options, int port)
    {
        _options = options;
        Address = new Uri($"{(options.Certificate is null ? "http" : "https")}://localhost:{port}");
        Domain = $"localhost:{port}";
        Issuer = $"https://{Domain}/";
        ClientSecret = NewSecret();
        ManagementScope = options.ManagementScope;
        Users = new UserDirectory(
            UserSeed.Make(options.Users, options.Seed, Address, Now, options.UsersAtOneMoment), options.SearchLag, options.TimeProvider);
        Activity = new UserActivity(options.TimeProvider);
        Activity.Log.Seed(Users.All);
        Stats = new TenantStats { CountMails = () => Activity.Mails.Sent };
        Faults = new Faults(_stopping.Token);
        Sessions = new LoginSessions(options.TimeProvider);
        SignIn = new SignIn(Users, Activity, Sessions);
        _tokens = new Tokens(SigningKeys, Issuer, options.TimeProvider);
    }

    /// <summary>The base URL: <c>http://localhost:PORT</c>, or HTTPS with a certificate.</summary>
    public Uri Address { get; }

    /// <summary>The domain, <c>localhost:PORT</c>.</summary>
    public string Domain { get; }

    /// <summary>The issuer of tokens, <c>https://localhost:PORT/</c>.</summary>
    public string Issuer { get; }

    /// <summary>The identifier of the API that signed-in users call.</summary>
    public string Audience => _options.Audience;

    /// <summary>The client ID of the machine-to-machine application.</summary>
    public string ClientId => _options.ClientId;

    /// <summary>The client ID of the single-page application.</summary>
    public string SpaClientId => _options.SpaClientId;

    /// <summary>The current client secret of the machine-to-machine application.</summary>
    public string ClientSecret { get; private set; }

    /// <summary>The scopes of future Management API tokens; null removes the grant.</summary>
    public string? ManagementScope { get; set; }

    /// <summary>The counts of successful responses.</summary>
    public TenantStats Stats { get; }

    /// <summary>The time of its clock.</summary>
    public DateTime Now => _options.TimeProvider.GetUtcNow().UtcDateTime;

    /// <summary>Its users.</summary>
    public UserDirectory Users { get; }

    /// <summary>What happens around its users.</summary>
    public UserActivity Activity { get; }

    /// <summary>The sessions of its users.</summary>
    public LoginSessions Sessions { get; }

    /// <summary>Signs its users in.</summary>
    public SignIn SignIn { get; }

    /// <summary>The faults to inject.</summary>
    public Faults Faults { get; }

    /// <summary>The received requests, except those under <c>/_local</c>.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>The keys that sign tokens.</summary>
    public SigningKeys SigningKeys { get; } = new();

    /// <summary>Starts a tenant.</summary>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<LocalTenant> StartAsync(TenantOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        LocalTenant? tenant = null;
        try
        {
            var app = await LoopbackServer.StartAsync(
                options.Port,
                "--tenant-port",
                listen =>
                {
                    if (options.Certificate is { } certificate)
                    {
                        listen.UseHttps(certificate);
                    }
                },
                services => services.AddCors(),
                (app, port) =>
                {
                    tenant = new LocalTenant(options, port);
                    tenant.Map(app);
                },
                cancellationToken);
            tenant!._app = app;
            return tenant;
        }
        catch
        {
            if (tenant is not null)
            {
                await tenant.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Issues an access token like that of a signed-in user.</summary>
    /// <param name="subject">The user ID. The user does not have to exist.</param>
    /// <param name="permissions">The permissions.</param>
    /// <param name="lifetime">The lifetime, one day if null; negative for an expired token.</param>
    /// <param name="audience">The API; <see cref="Audience"/> if null.</param>
    /// <param name="scope">The <c>scope</c> claim.</param>
    /// <param name="organization">The organization, for the claim <c>org_id</c>; none if null.</param>
    public string MintAccessToken(
        string subject,
        IEnumerable<string> permissions,
        TimeSpan? lifetime = null,
        string? audience = null,
        string scope = "",
        string? organization = null) =>
        _tokens.Access(subject, permissions, audience ?? Audience, scope, SpaClientId, lifetime ?? TimeSpan.FromDays(1), organization);

    /// <summary>Issues a Management API token without the token endpoint.</summary>
    /// <param name="scope">The scopes; <see cref="ManagementScope"/> if null.</param>
    /// <param name="lifetime">The lifetime; the configured one if null.</param>
    public string MintManagementToken(string? scope = null, TimeSpan? lifetime = null) => _tokens.Management(
        ClientId, scope ?? ManagementScope ?? "", lifetime ?? TimeSpan.FromSeconds(_options.ManagementTokenSeconds));

    /// <summary>Signs any claims, to create other invalid tokens.</summary>
    /// <param name="claims">The payload.</param>
    /// <param name="type">The header <c>typ</c>.</param>
    public string Sign(JsonObject claims, string type = "JWT") => SigningKeys.Sign(claims, type);

    /// <summary>Stores the client secret in a vault, now and after each rotation.</summary>
    /// <param name="store">Stores the secret.</param>
    /// <param name="countReads">Returns the number of reads from the vault, for <see cref="TenantStats.SecretReads"/>.</param>
    public void KeepClientSecretIn(Action<string> store, Func<long> countReads)
    {
        lock (_secretLock)
        {
            _keepSecret = store;
            Stats.CountSecretReads = countReads;
            store(ClientSecret);
        }
    }

    /// <summary>Rotates the client secret. Tokens that were already issued remain valid.</summary>
    /// <param name="alsoWhereKept">Whether to store the new secret in the vault of <see cref="KeepClientSecretIn"/> too.</param>
    public void RotateClientSecret(bool alsoWhereKept = true)
    {
        lock (_secretLock)
        {
            var secret = NewSecret();
            if (alsoWhereKept)
            {
                _keepSecret(secret);
            }

            ClientSecret = secret;
        }
    }

    /// <summary>Revokes all Management API tokens. They then result in a 401.</summary>
    public void RevokeManagementTokens() => _tokens.RevokeManagementTokens();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        await _stopping.CancelAsync();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _stopping.Dispose();
    }

    private static string NewSecret() => "local-secret-" + Tokens.Random();

    private void Map(WebApplication app)
    {
        app.UseCors(policy => policy
            .SetIsOriginAllowed(origin => AuthorizeEndpoint.IsLoopback(origin, out _)).AllowAnyHeader().AllowAnyMethod());
        app.UseWhen(
            context => !context.Request.Path.StartsWithSegments(LocalControl.BasePath, StringComparison.Ordinal),
            served =>
            {
                served.Use(Requests.InvokeAsync);
                served.Use(Faults.InvokeAsync);
                if (_options.Latency > TimeSpan.Zero)
                {
                    served.Use(DelayAsync);
                }
            });

        // Cookies ignore the port, so the name contains it to separate the sessions of two tenants.
        var cookie = $"auth0-local-{Address.Port}";
        new Discovery(Issuer, SigningKeys, Stats).Map(app);
        new AuthorizeEndpoint(_options, cookie, Sessions, Users, SignIn).Map(app);
        new TokenEndpoint(this, _options, _tokens, Sessions, Users).Map(app);
        new ChangePasswordEndpoint(_options, Users, Activity).Map(app);
        new LocalControl(this).Map(app);
        Pictures.Map(app);
        var management = new ManagementEndpoints(Users, Activity, Sessions, _tokens, Stats, _options, new ClientsApi(this));
        app.Map(ManagementEndpoints.BasePath + "/{**path}", management.HandleAsync);
    }

    private async Task DelayAsync(HttpContext context, RequestDelegate next)
    {
        await Task.Delay(_options.Latency, TimeProvider.System, context.RequestAborted);
        await next(context);
    }
}
