using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Tenant.ManagementApi;
using AdminFunctions.LocalHost.Tenant.Oidc;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant;

/// <summary>
/// A stand-in for an Auth0 tenant on this machine: OpenID Connect, the Management API's users, and under
/// <c>/_local</c> what only a local tool may have. It speaks plain http, unless it is given a certificate; its issuer and audiences are https, as a
/// real tenant's are.
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
        Users = new UserDirectory(UserSeed.Make(options.Users, options.Seed, options.UsersAtOneMoment), options.SearchLag, options.TimeProvider);
        Faults = new Faults(_stopping.Token);
        _tokens = new Tokens(SigningKeys, Issuer, options.TimeProvider);
    }

    /// <summary>Where it listens: <c>http://localhost:PORT</c>, or https with a certificate.</summary>
    public Uri Address { get; }

    /// <summary>The tenant's domain, <c>localhost:PORT</c>.</summary>
    public string Domain { get; }

    /// <summary>The issuer of its tokens, <c>https://localhost:PORT/</c>.</summary>
    public string Issuer { get; }

    /// <summary>The identifier of the API that signed-in users call.</summary>
    public string Audience => _options.Audience;

    /// <summary>The client id of the machine-to-machine application.</summary>
    public string ClientId => _options.ClientId;

    /// <summary>The client id of the single-page application.</summary>
    public string SpaClientId => _options.SpaClientId;

    /// <summary>The machine-to-machine application's secret, as it is now.</summary>
    public string ClientSecret { get; private set; }

    /// <summary>What tokens granted from now on may do with the Management API; null takes the grant away.</summary>
    public string? ManagementScope { get; set; }

    /// <summary>What it has given so far.</summary>
    public TenantStats Stats { get; } = new();

    /// <summary>The time, as its clock has it.</summary>
    public DateTime Now => _options.TimeProvider.GetUtcNow().UtcDateTime;

    /// <summary>Its users.</summary>
    public UserDirectory Users { get; }

    /// <summary>What shall go wrong.</summary>
    public Faults Faults { get; }

    /// <summary>The requests that arrived, except for those under <c>/_local</c>.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>What it signs tokens with.</summary>
    public SigningKeys SigningKeys { get; } = new();

    /// <summary>Starts a tenant.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
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

    /// <summary>Makes an access token such as a signed-in user's, for whomever.</summary>
    /// <param name="subject">The user id; it need not be one of the tenant's.</param>
    /// <param name="permissions">The permissions.</param>
    /// <param name="lifetime">How long it lives, a day when null; negative for one that has expired.</param>
    /// <param name="audience">The API; <see cref="Audience"/> when null.</param>
    /// <param name="scope">The <c>scope</c> claim.</param>
    /// <param name="organization">The organization that it is issued for, its <c>org_id</c>; none when null.</param>
    public string MintAccessToken(
        string subject,
        IEnumerable<string> permissions,
        TimeSpan? lifetime = null,
        string? audience = null,
        string scope = "",
        string? organization = null) =>
        _tokens.Access(subject, permissions, audience ?? Audience, scope, SpaClientId, lifetime ?? TimeSpan.FromDays(1), organization);

    /// <summary>Makes a Management API token without the token endpoint.</summary>
    /// <param name="scope">What it may do; <see cref="ManagementScope"/> when null.</param>
    /// <param name="lifetime">How long it lives; as configured when null.</param>
    public string MintManagementToken(string? scope = null, TimeSpan? lifetime = null) => _tokens.Management(
        ClientId, scope ?? ManagementScope ?? "", lifetime ?? TimeSpan.FromSeconds(_options.ManagementTokenSeconds));

    /// <summary>Signs any claims, for tokens that are wrong in other ways.</summary>
    /// <param name="claims">The payload.</param>
    /// <param name="type">The header's <c>typ</c>.</param>
    public string Sign(JsonObject claims, string type = "JWT") => SigningKeys.Sign(claims, type);

    /// <summary>Has the client secret stored elsewhere too, now and whenever it is rotated.</summary>
    /// <param name="store">Stores it.</param>
    /// <param name="countReads">How often it was read there, for <see cref="TenantStats.SecretReads"/>.</param>
    public void KeepClientSecretIn(Action<string> store, Func<long> countReads)
    {
        lock (_secretLock)
        {
            _keepSecret = store;
            Stats.CountSecretReads = countReads;
            store(ClientSecret);
        }
    }

    /// <summary>Gives the machine-to-machine application another secret. Tokens already handed out stay good.</summary>
    /// <param name="alsoWhereKept">Whether it is also stored where <see cref="KeepClientSecretIn"/> said.</param>
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

    /// <summary>Makes every Management API token handed out so far worthless: they get a 401.</summary>
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
        app.UseCors(policy => policy.SetIsOriginAllowed(origin => AuthorizeEndpoint.IsLoopback(origin, out _)).AllowAnyHeader().AllowAnyMethod());
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

        var clock = _options.TimeProvider;
        var sessions = new LoginSessions(clock);
        // Cookies do not tell ports apart: the port in the name keeps two tenants' sessions apart.
        var cookie = $"auth0-local-{Address.Port}";
        new Discovery(Issuer, SigningKeys, Stats).Map(app);
        new AuthorizeEndpoint(_options, cookie, sessions, Users).Map(app);
        new TokenEndpoint(this, _options, _tokens, sessions, Users).Map(app);
        new LocalControl(this).Map(app);
        var bucket = new TokenBucket(_options.RateLimit, _options.RatePerSecond, clock);
        var users = new UsersApi(Users, _tokens, bucket, Stats, _options);
        app.Map(UsersApi.BasePath + "/{**path}", users.HandleAsync);
    }

    private async Task DelayAsync(HttpContext context, RequestDelegate next)
    {
        await Task.Delay(_options.Latency, TimeProvider.System, context.RequestAborted);
        await next(context);
    }
}
