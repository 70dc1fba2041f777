using System.Buffers.Text;
using System.Net;
using System.Text;
using AdminFunctions.Access;
using AdminFunctions.Management;
using AdminFunctions.Settings;
using AdminFunctions.Users;
using Auth0.ManagementApi;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace AdminFunctions;

/// <summary>
/// Goes once through what a list of users takes, for nobody, so that its code is loaded and compiled when the first caller comes.
/// Nothing of it leaves the process: the token is one that is turned away, and the page of users is made up here.
/// </summary>
/// <param name="authentication">What admits callers.</param>
/// <param name="settings">What tokens must say.</param>
/// <param name="services">What answers are written with.</param>
/// <param name="time">The clock.</param>
internal sealed class Rehearsal(BearerAuthentication authentication, IOptions<Auth0Options> settings, IServiceProvider services, TimeProvider time)
{
    private const string Page = """
        {"start":0,"limit":50,"length":1,"total":1,"users":[{
          "user_id":"auth0|0","email":"nobody@example.com","email_verified":true,"name":"Nobody","created_at":"2026-01-01T00:00:00.000Z",
          "last_login":"2026-01-01T00:00:00.000Z","last_ip":"::1","logins_count":1,"blocked":false,
          "identities":[{"connection":"Nowhere","provider":"auth0","user_id":"0","isSocial":false}]}]}
        """;

    /// <summary>Has a token validated up to its signature, which is none.</summary>
    /// <param name="configuration">The tenant's, one of whose keys the token names.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task AdmitAsync(OpenIdConnectConfiguration configuration, CancellationToken cancellationToken)
    {
        var header = $$"""{"alg":"RS256","typ":"JWT","kid":"{{configuration.SigningKeys.First().KeyId}}"}""";
        var claims = $$"""{"iss":"{{settings.Value.TokenIssuer}}","aud":"{{settings.Value.Audience}}","sub":"nobody","exp":{{time.GetUtcNow().AddHours(1).ToUnixTimeSeconds()}}}""";
        var request = new DefaultHttpContext().Request;
        request.Headers.Authorization = $"Bearer {Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.{Base64Url.EncodeToString(new byte[256])}";
        try
        {
            await authentication.AdmitAsync(request, Permissions.ReadUsers, cancellationToken);
        }
        catch (AccessDeniedException)
        {
            // As it should be.
        }
    }

    /// <summary>Has a page read by the SDK and written as GetUsers writes it.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ListAsync(CancellationToken cancellationToken)
    {
        var client = new ManagementClient(new ManagementClientOptions
        {
            Domain = settings.Value.Domain,
            TokenProvider = new NoToken(),
            HttpClient = TenantHttp.CreateClient(new IdentityIds.Handler(new SupplementaryCharacters.Handler(new MadeUpPage()))),
            MaxRetries = 0,
        });
        var context = new DefaultHttpContext { RequestServices = services };
        var query = UserListQuery.Parse(context.Request.Query);
        var answer = await client.Users.ListAsync(query.ToListUsersRequest(), cancellationToken: cancellationToken);
        var page = UserPage.From((ListUsersOffsetPaginatedResponseContent)answer.CurrentPage.Response!, query);
        await TypedResults.Json(page, UsersJson.Unescaped.UserPage).ExecuteAsync(context);
        await TypedResults.Json(page.Users, UsersJson.Unescaped.IReadOnlyListUser).ExecuteAsync(context);
    }

    private sealed class NoToken : ITokenProvider
    {
        public Task<string> GetTokenAsync(CancellationToken cancellationToken = default) => Task.FromResult("none");
    }

    private sealed class MadeUpPage : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Page, Encoding.UTF8, "application/json") });
    }
}
