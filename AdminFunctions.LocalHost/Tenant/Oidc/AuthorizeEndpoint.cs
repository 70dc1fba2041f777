using System.Text.RegularExpressions;
using AdminFunctions.LocalHost.Tenant.Users;
using Microsoft.AspNetCore.WebUtilities;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>
/// The endpoints for browsers: <c>/authorize</c> with the sign-in page, and <c>/v2/logout</c>. Supports the authorization code flow
/// with PKCE (RFC 6749 section 4.1, RFC 7636) for the single-page application. It responds with a redirect or, for the silent and
/// popup sign-in of auth0-spa-js, with a web message.
/// </summary>
/// <param name="options">The client ID and the API.</param>
/// <param name="cookie">The name of the session cookie.</param>
/// <param name="sessions">Pending sign-ins, codes and sessions.</param>
/// <param name="users">The users.</param>
/// <param name="signIn">Signs users in.</param>
internal sealed partial class AuthorizeEndpoint(
    TenantOptions options, string cookie, LoginSessions sessions, UserDirectory users, SignIn signIn)
{
    private const string OnlyLoopback =
        "The local tenant redirects only to http and https URLs on localhost, 127.0.0.1 and [::1].";

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/authorize", AuthorizeAsync);
        routes.MapPost("/u/login", LoginAsync);
        routes.MapGet("/v2/logout", LogoutAsync);
    }

    /// <summary>Whether a URL is on this machine, so that codes can be sent to it.</summary>
    public static bool IsLoopback(string? address, out Uri uri) =>
        Uri.TryCreate(address, UriKind.Absolute, out uri!) && uri.Scheme is "http" or "https" && uri.IsLoopback && uri.Fragment.Length is 0;

    private Task AuthorizeAsync(HttpContext context)
    {
        var query = context.Request.Query;
        string? Parameter(string name) => query[name].ToString() is { Length: > 0 } value ? value : null;

        // Validate the client and the redirect URI first. Do not redirect before (RFC 6749 section 4.1.2.1).
        if (Parameter("client_id") is not { } clientId || clientId != options.SpaClientId)
        {
            return Pages.ErrorAsync(context, 400, "Unknown client",
                $"There is no single-page application with the client_id \"{query["client_id"]}\". "
                + $"The client_id in this tenant is \"{options.SpaClientId}\".");
        }

        if (!IsLoopback(Parameter("redirect_uri"), out _))
        {
            return Pages.ErrorAsync(context, 403, "Callback URL mismatch",
                $"The redirect_uri \"{query["redirect_uri"]}\" is not allowed. {OnlyLoopback}");
        }

        var request = new AuthorizationRequest(
            Parameter("redirect_uri")!,
            Parameter("scope")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [],
            Parameter("audience"),
            Parameter("state"),
            Parameter("nonce"),
            Parameter("code_challenge") ?? "",
            Parameter("response_mode") is "web_message");
        if (Refusal(Parameter, request) is { } refusal)
        {
            return AnswerAsync(context, request, ("error", refusal.Error), ("error_description", refusal.Description));
        }

        var sessionId = context.Request.Cookies[cookie];
        var prompt = Parameter("prompt");
        if (prompt is not "login" && sessions.TryUse(sessionId, out var userId) && users.Find(userId) is { } user)
        {
            return user.Blocked
                ? AnswerAsync(context, request, ("error", "unauthorized"), ("error_description", "user is blocked"))
                : GrantAsync(context, request, userId, sessionId!);
        }

        if (prompt is "none")
        {
            return AnswerAsync(context, request, ("error", "login_required"), ("error_description", "Login required"));
        }

        var accounts = Admin.All.Where(admin => users.Find(admin.UserId) is not null);
        return Pages.LoginAsync(context, sessions.Pending.Add(request), new Uri(request.RedirectUri), accounts);
    }

    private (string Error, string Description)? Refusal(Func<string, string?> parameter, AuthorizationRequest request)
    {
        if (parameter("response_type") is not "code")
        {
            return ("unsupported_response_type", "This tenant supports only the authorization code flow with PKCE: response_type=code.");
        }

        if (parameter("response_mode") is { } mode and not ("query" or "web_message"))
        {
            return ("invalid_request", $"Unsupported response_mode: {mode}");
        }

        if (parameter("code_challenge_method") is not "S256" || !CodeChallenge().IsMatch(request.CodeChallenge))
        {
            return ("invalid_request", "A single-page application must use PKCE. Send code_challenge and code_challenge_method=S256.");
        }

        if (request.Audience is { } audience && audience != options.Audience)
        {
            return ("access_denied", $"Service not found: {audience}");
        }

        return null;
    }

    private async Task LoginAsync(HttpContext context)
    {
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var userId = form["user_id"].ToString();
        if (!Admin.All.Any(admin => admin.UserId == userId)
            || users.Find(userId) is null
            || !sessions.Pending.TryGet(form["state"], out var request, remove: true))
        {
            await Pages.ErrorAsync(context, 400, "This sign-in has ended",
                "It was already used or has expired. Go back to the application and sign in again.");
            return;
        }

        var (sessionId, error, description) = signIn.Try(userId, hasPassword: true, context);
        if (sessionId is null)
        {
            await AnswerAsync(context, request, ("error", error!), ("error_description", description!));
            return;
        }

        // Different ports of a host are the same site, so browsers also send the cookie in the frame of a silent sign-in.
        context.Response.Cookies.Append(cookie, sessionId, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Lax });
        await GrantAsync(context, request, userId, sessionId);
    }

    private Task LogoutAsync(HttpContext context)
    {
        var returnTo = context.Request.Query["returnTo"].ToString();
        if (returnTo.Length > 0 && !IsLoopback(returnTo, out _))
        {
            return Pages.ErrorAsync(context, 400, "Logout URL mismatch",
                $"The returnTo \"{returnTo}\" is not allowed. {OnlyLoopback}");
        }

        sessions.LogOut(context.Request.Cookies[cookie]);
        context.Response.Cookies.Delete(cookie);
        if (returnTo.Length is 0)
        {
            return context.Response.WriteAsync("OK", context.RequestAborted);
        }

        context.Response.Redirect(new Uri(returnTo).AbsoluteUri);
        return Task.CompletedTask;
    }

    private Task GrantAsync(HttpContext context, AuthorizationRequest request, string userId, string sessionId) =>
        AnswerAsync(context, request, ("code", sessions.Codes.Add(new Authorization(userId, sessionId, request))));

    private static Task AnswerAsync(HttpContext context, AuthorizationRequest request, params (string Name, string Value)[] answer)
    {
        var response = answer.ToDictionary(part => part.Name, part => (string?)part.Value, StringComparer.Ordinal);
        if (request.State is not null)
        {
            response["state"] = request.State;
        }

        if (request.WebMessage)
        {
            return Pages.WebMessageAsync(context, response, new Uri(request.RedirectUri));
        }

        // A header can contain only ASCII, so the URL is percent-encoded.
        context.Response.Redirect(QueryHelpers.AddQueryString(new Uri(request.RedirectUri).AbsoluteUri, response));
        return Task.CompletedTask;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{43}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CodeChallenge();
}
