using AdminFunctions.LocalHost.Loopback;
using AdminFunctions.LocalHost.Vault;
using Azure.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AdminFunctions.Tests.Worker;

/// <summary>
/// The endpoint of App Service for the managed identity of an app. It returns the only token that the local vault accepts.
/// https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference.
/// </summary>
internal sealed class ManagedIdentity(LocalVault vault) : IAsyncDisposable
{
    private readonly string _header = Guid.NewGuid().ToString("N");
    private WebApplication? _server;
    private int _port;

    /// <summary>The environment variables for an app.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["IDENTITY_ENDPOINT"] = $"http://127.0.0.1:{_port}/msi/token",
        ["IDENTITY_HEADER"] = _header,
    };

    public async Task StartAsync() => _server = await LoopbackServer.StartAsync(
        0,
        "no option",
        _ => { },
        _ => { },
        (pipeline, port) =>
        {
            _port = port;
            pipeline.MapGet("/msi/token", AnswerAsync);
        },
        CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Headers["X-IDENTITY-HEADER"] != _header || context.Request.Query["api-version"] != "2019-08-01")
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var token = await vault.Credential.GetTokenAsync(new TokenRequestContext(), context.RequestAborted);
        await context.Response.WriteAsJsonAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["access_token"] = token.Token,
            ["expires_on"] = $"{token.ExpiresOn.ToUnixTimeSeconds()}",
            ["resource"] = context.Request.Query["resource"].ToString(),
            ["token_type"] = "Bearer",
        });
    }
}
