using System.Buffers.Text;
using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdminFunctions.Access;
using AdminFunctions.Management;
using AdminFunctions.Users;
using Azure.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AdminFunctions;

/// <summary>
/// Goes once through what a list of users takes, against a tenant and a vault that are made up in memory, so that the code of it
/// is loaded and compiled while the host is still being built, and reads the machine's certificate authorities meanwhile. Nothing of it leaves the process.
/// </summary>
public static class Rehearsal
{
    private const string Domain = "rehearsal.invalid";
    private const string KeyId = "none";

    private static readonly Dictionary<string, string?> Settings = new(StringComparer.Ordinal)
    {
        ["Auth0:Domain"] = Domain,
        ["Auth0:Audience"] = "https://rehearsal.invalid/api",
        ["Auth0:ClientId"] = "none",
        ["KeyVault:Uri"] = "https://rehearsal.vault.azure.net/",
    };

    private static readonly Lazy<Task> Once = new(static () => Task.Run(RunAsync));

    /// <summary>Begins it, once in a process. Nobody need wait for it, and what goes wrong with it goes wrong for nobody.</summary>
    public static void Begin() => _ = Once.Value;

    internal static async Task RunAsync()
    {
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(Settings).Build())
            .AddSingleton<HttpMessageHandler>(new MadeUp())
            .AddSingleton(DelegatedTokenCredential.Create(static (_, _) => new Azure.Core.AccessToken("none", DateTimeOffset.MaxValue)))
            .AddAdminFunctions()
            .AddSingleton<IMeterFactory, Unheard>()
            .BuildServiceProvider();
        await Task.WhenAll(Task.Run(ReadAuthorities), Task.Run(() => AdmitAsync(services)), Task.Run(() => ListAsync(services)));
    }

    /// <summary>Has the machine's certificate authorities read, a file each on Linux, which the first TLS connection would wait for.</summary>
    private static void ReadAuthorities()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        foreach (var authority in store.Certificates)
        {
            authority.Dispose();
        }
    }

    /// <summary>Has a token validated up to its signature, which is none.</summary>
    private static async Task AdmitAsync(IServiceProvider services)
    {
        const string header = $$"""{"alg":"RS256","typ":"JWT","kid":"{{KeyId}}"}""";
        const string claims = $$"""{"iss":"https://{{Domain}}/","aud":"https://rehearsal.invalid/api","sub":"nobody","exp":99999999999}""";
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = $"Bearer {Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{Base64Url.EncodeToString(new byte[256])}";
        try
        {
            await services.GetRequiredService<BearerAuthentication>().AdmitAsync(request, Permissions.ReadUsers, CancellationToken.None);
        }
        catch (AccessDeniedException)
        {
            // As it should be.
        }
    }

    /// <summary>Has a page read by the SDK and written as GetUsers writes it.</summary>
    private static async Task ListAsync(IServiceProvider services)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        var query = UserListQuery.Parse(context.Request.Query);
        var page = UserPage.From(await services.GetRequiredService<TenantUsers>().ListAsync(query.ToListUsersRequest(), CancellationToken.None), query);
        await TypedResults.Bytes(page.ToJson(withTotals: true), UsersJson.ContentType).ExecuteAsync(context);
        await TypedResults.Bytes(page.ToJson(withTotals: false), UsersJson.ContentType).ExecuteAsync(context);
    }

    /// <summary>What is only rehearsed is not counted.</summary>
    private sealed class Unheard : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new("AdminFunctions.Rehearsal");

        public void Dispose()
        {
        }
    }

    private sealed class MadeUp : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                RequestMessage = request,
                Content = new StringContent(BodyOf(request.RequestUri!.AbsolutePath), Encoding.UTF8, "application/json"),
            });

        private static string BodyOf(string path) => path switch
        {
            "/.well-known/openid-configuration" => $$"""{"issuer":"https://{{Domain}}/","jwks_uri":"https://{{Domain}}/.well-known/jwks.json"}""",
            "/.well-known/jwks.json" => $$"""{"keys":[{"kty":"RSA","use":"sig","alg":"RS256","kid":"{{KeyId}}","e":"AQAB","n":"{{Base64Url.EncodeToString([.. Enumerable.Repeat((byte)0xff, 256)])}}"}]}""",
            "/oauth/token" => """{"access_token":"none","expires_in":86400,"token_type":"Bearer"}""",
            "/api/v2/users" => """
                {"start":0,"limit":50,"length":1,"total":1,"users":[{
                  "user_id":"auth0|0","email":"nobody@example.com","email_verified":true,"name":"Nobody","created_at":"2026-01-01T00:00:00.000Z",
                  "last_login":"2026-01-01T00:00:00.000Z","last_ip":"::1","logins_count":1,"blocked":false,
                  "identities":[{"connection":"Nowhere","provider":"auth0","user_id":"0","isSocial":false}]}]}
                """,
            _ => """{"value":"none","id":"https://rehearsal.vault.azure.net/secrets/auth0-client-secret/none","attributes":{"enabled":true}}""",
        };
    }
}
