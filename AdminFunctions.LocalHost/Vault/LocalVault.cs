using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Loopback;

namespace AdminFunctions.LocalHost.Vault;

/// <summary>
/// A local stand-in for Azure Key Vault. It serves secrets over HTTPS, with the same bearer challenge.
/// https://learn.microsoft.com/rest/api/keyvault/secrets/get-secret/get-secret.
/// </summary>
internal sealed class LocalVault : IAsyncDisposable
{
    /// <summary>A fault for <see cref="Faults"/>: the vault rejects the identity, as without a role assignment.</summary>
    public static readonly Fault Forbidden = Fault.Answer("GET *", 403, """
        {"error":{"code":"Forbidden","message":"Caller is not authorized to perform action on resource.",
        "innererror":{"code":"ForbiddenByRbac"}}}
        """) with { Times = null };

    /// <summary>A fault for <see cref="Faults"/>: the secret is disabled, as after the first deployment (infra/README.md).</summary>
    public static readonly Fault Disabled = Fault.Answer("GET *", 403, """
        {"error":{"code":"Forbidden","message":"Operation get is not allowed on a disabled secret.","innererror":{"code":"SecretDisabled"}}}
        """) with { Times = null };

    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Version>> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private WebApplication? _app;
    private bool _disposed;
    private long _secretReads;

    private LocalVault(VaultOptions options, int port, X509Certificate2 certificate)
    {
        _clock = options.TimeProvider;
        Address = new Uri($"https://local.vault.localhost:{port}/");
        Certificate = certificate;
        Faults = new Faults(_stopping.Token);
    }

    /// <summary>
    /// The URI, <c>https://local.vault.localhost:PORT/</c>. The client library accepts a challenge only if its resource,
    /// <c>https://vault.localhost</c>, is a parent domain. Names under <c>localhost</c> are loopback (RFC 6761), but not every
    /// system resolves them, so the handler must connect to loopback itself.
    /// </summary>
    public Uri Address { get; }

    /// <summary>The only certificate that the handler of the client must trust.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The only accepted credential.</summary>
    public LocalVaultCredential Credential { get; } = new();

    /// <summary>The faults to inject.</summary>
    public Faults Faults { get; }

    /// <summary>The received requests.</summary>
    public RequestLog Requests { get; } = new();

    /// <summary>The number of times that a secret was returned.</summary>
    public long SecretReads => Interlocked.Read(ref _secretReads);

    /// <summary>Starts a vault.</summary>
    /// <exception cref="IOException">The port is in use.</exception>
    public static async Task<LocalVault> StartAsync(VaultOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        LocalVault? vault = null;
        var certificate = LoopbackCertificate.Create();
        try
        {
            var app = await LoopbackServer.StartAsync(
                options.Port,
                "--vault-port",
                listen => listen.UseHttps(certificate),
                _ => { },
                (app, port) =>
                {
                    vault = new LocalVault(options, port, certificate);
                    app.Use(vault.Requests.InvokeAsync);
                    app.Use(vault.Faults.InvokeAsync);
                    app.MapGet("/secrets/{name}/{version?}", vault.GetSecretAsync);
                },
                cancellationToken);
            vault!._app = app;
            return vault;
        }
        catch
        {
            if (vault is not null)
            {
                await vault.DisposeAsync();
            }

            certificate.Dispose();
            throw;
        }
    }

    /// <summary>Stores a secret. If it exists, adds a new version.</summary>
    public void SetSecret(string name, string value)
    {
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var version = new Version(id, value, _clock.GetUtcNow().ToUnixTimeSeconds());
        lock (_lock)
        {
            if (_secrets.TryGetValue(name, out var versions))
            {
                versions.Add(version);
            }
            else
            {
                _secrets[name] = [version];
            }
        }
    }

    /// <summary>Removes a secret with all its versions.</summary>
    /// <returns>Whether the secret existed.</returns>
    public bool RemoveSecret(string name)
    {
        lock (_lock)
        {
            return _secrets.Remove(name);
        }
    }

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

        Certificate.Dispose();
        _stopping.Dispose();
    }

    private Task GetSecretAsync(HttpContext context)
    {
        context.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        if (string.IsNullOrEmpty(context.Request.Query["api-version"]))
        {
            return ErrorAsync(
                context,
                400,
                "MissingApiVersionParameter",
                "The api-version query parameter (?api-version=) is required for all requests.");
        }

        var authorization = context.Request.Headers.Authorization.ToString();
        if (!Credential.IsIn(authorization))
        {
            context.Response.Headers.WWWAuthenticate =
                "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000\", "
                + "resource=\"https://vault.localhost\"";
            return ErrorAsync(context, 401, "Unauthorized", authorization.Length is 0
                ? "AKV10000: Request is missing a Bearer or PoP token."
                : "AKV10032: Invalid issuer.");
        }

        var name = (string)context.Request.RouteValues["name"]!;
        var asked = context.Request.RouteValues["version"] as string;
        Version? version = null;
        lock (_lock)
        {
            if (_secrets.TryGetValue(name, out var versions))
            {
                version = asked is null ? versions[^1] : versions.Find(one => one.Id.Equals(asked, StringComparison.OrdinalIgnoreCase));
            }
        }
        if (version is null)
        {
            return ErrorAsync(context, 404, "SecretNotFound",
                $"A secret with (name/id) {(asked is null ? name : $"{name}/{asked}")} was not found in this key vault. "
                + "If you recently deleted this secret you may be able to recover it using the correct recovery command. "
                + "For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182");
        }

        Interlocked.Increment(ref _secretReads);
        return context.AnswerAsync(200, new JsonObject
        {
            ["value"] = version.Value,
            ["id"] = string.Create(CultureInfo.InvariantCulture, $"{Address}secrets/{name}/{version.Id}"),
            ["attributes"] = new JsonObject
            {
                ["enabled"] = true,
                ["created"] = version.Created,
                ["updated"] = version.Created,
                ["recoveryLevel"] = "Recoverable+Purgeable",
                ["recoverableDays"] = 90,
            },
        });
    }

    private static Task ErrorAsync(HttpContext context, int status, string code, string message) =>
        context.AnswerAsync(status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });

    private sealed record Version(string Id, string Value, long Created);
}
