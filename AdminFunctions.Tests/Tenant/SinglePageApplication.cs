using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AdminFunctions.LocalHost.Tenant;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.Tokens;

namespace AdminFunctions.Tests.Tenant;

/// <summary>A single-page application and its browser: signs in with the authorization code flow and PKCE, step by step.</summary>
internal sealed partial class SinglePageApplication : IDisposable
{
    public const string RedirectUri = "http://localhost:5173/callback?from=tenant";
    public const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private readonly LocalTenant _tenant;
    private readonly HttpClientHandler _browser = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };

    public SinglePageApplication(LocalTenant tenant)
    {
        _tenant = tenant;
        Client = new HttpClient(_browser) { BaseAddress = tenant.Address, Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>The browser: keeps cookies, follows no redirect.</summary>
    public HttpClient Client { get; }

    public CookieCollection Cookies => _browser.CookieContainer.GetCookies(_tenant.Address);

    /// <summary>Goes to <c>/authorize</c>.</summary>
    /// <param name="changes">Parameters other than the usual ones; null leaves one out.</param>
    public Task<HttpResponseMessage> AuthorizeAsync(params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["response_type"] = "code",
            ["client_id"] = _tenant.SpaClientId,
            ["redirect_uri"] = RedirectUri,
            ["scope"] = "openid profile email offline_access read:users update:users delete:users reset:mfa read:logs",
            ["audience"] = _tenant.Audience,
            ["state"] = "state-1&<",
            ["nonce"] = "nonce-1",
            ["code_challenge"] = Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        return Client.GetAsync(QueryHelpers.AddQueryString("/authorize", With(parameters, changes)));
    }

    /// <summary>Presses a button of the sign-in page.</summary>
    public async Task<HttpResponseMessage> PressAsync(HttpResponseMessage signInPage, string userId)
    {
        var page = await signInPage.Content.ReadAsStringAsync();
        var state = HiddenState().Match(page).Groups["state"].Value;
        state.ShouldNotBeEmpty(page);
        return await Client.PostFormAsync("/u/login", [new("state", state), new("user_id", userId)]);
    }

    /// <summary>Goes to <c>/authorize</c> and signs in.</summary>
    /// <returns>The authorization code.</returns>
    public async Task<string> SignInAsync(string userId, params (string Name, string? Value)[] changes) =>
        AnswerOf(await PressAsync(await AuthorizeAsync(changes), userId))["code"];

    /// <summary>The parameters that a redirect brings back to the application.</summary>
    public static Dictionary<string, string> AnswerOf(HttpResponseMessage redirect)
    {
        redirect.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var location = redirect.Headers.Location.ShouldNotBeNull();
        location.OriginalString.ShouldStartWith(RedirectUri + "&");
        return QueryHelpers.ParseQuery(location.Query).ToDictionary(parameter => parameter.Key, parameter => parameter.Value.ToString(), StringComparer.Ordinal);
    }

    /// <summary>Exchanges a code for tokens.</summary>
    public Task<HttpResponseMessage> ExchangeAsync(string code, params (string Name, string? Value)[] changes) => Client.PostFormAsync("/oauth/token", With(
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = _tenant.SpaClientId,
            ["code"] = code,
            ["redirect_uri"] = RedirectUri,
            ["code_verifier"] = Verifier,
        },
        changes)!);

    /// <summary>Exchanges a refresh token for tokens.</summary>
    public Task<HttpResponseMessage> RefreshAsync(string refreshToken) => Client.PostFormAsync("/oauth/token",
    [
        new("grant_type", "refresh_token"),
        new("client_id", _tenant.SpaClientId),
        new("refresh_token", refreshToken),
    ]);

    /// <summary>Asks <c>/userinfo</c>.</summary>
    public async Task<HttpResponseMessage> UserInfoAsync(string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/userinfo");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await Client.SendAsync(request);
    }

    public void Dispose()
    {
        Client.Dispose();
        _browser.Dispose();
    }

    private static Dictionary<string, string?> With(Dictionary<string, string?> parameters, (string Name, string? Value)[] changes)
    {
        foreach (var (name, value) in changes)
        {
            parameters[name] = value;
        }

        return parameters.Where(parameter => parameter.Value is not null).ToDictionary(StringComparer.Ordinal);
    }

    [GeneratedRegex("name=\"state\" value=\"(?<state>[^\"]+)\"", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HiddenState();
}
