using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using AdminFunctions.LocalHost.Tenant.Users;

namespace AdminFunctions.LocalHost.Tenant.Oidc;

/// <summary>The HTML pages of the tenant. They load nothing but the icon, and all values in them are encoded.</summary>
internal static class Pages
{
    private const string Style = """
        :root { color-scheme: light dark; --page: #eef0f4; --card: #fff; --text: #1e212a; --quiet: #5b6472;
                --line: #868ea0; --accent: #3f51c9; }
        @media (prefers-color-scheme: dark) {
          :root { --page: #14161c; --card: #1f232c; --text: #eceef4; --quiet: #a5adbd; --line: #6f788c; --accent: #9aa8ff; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--page);
               color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
        main { width: 100%; max-width: 25rem; padding: 2rem; background: var(--card); border-radius: .75rem;
               box-shadow: 0 .5rem 2rem #0002; }
        h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
        p { margin: 0 0 1.25rem; color: var(--quiet); overflow-wrap: anywhere; }
        p:last-child { margin: 1.25rem 0 0; font-size: .875rem; }
        ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
        button { width: 100%; padding: .75rem 1rem; text-align: left; font: inherit; color: inherit; cursor: pointer;
                 background: none; border: 1px solid var(--line); border-radius: .5rem; }
        button:hover { border-color: var(--accent); }
        button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        button strong, button span { display: block; }
        button span { color: var(--quiet); font-size: .875rem; }
        """;

    /// <summary>The sign-in page.</summary>
    public static Task LoginAsync(HttpContext context, string state, Uri application, IEnumerable<Admin> accounts)
    {
        var buttons = string.Concat(accounts.Select(admin => $"""
                <li><button name="user_id" value="{Html(admin.UserId)}">
                  <strong>{Html($"{admin.GivenName} {admin.FamilyName}")}</strong>
                  <span>{Html(admin.Permissions.Length > 0 ? string.Join(", ", admin.Permissions) : "no permissions")}</span>
                </button></li>

            """));
        if (buttons.Length is 0)
        {
            buttons = "    <li>The accounts that can sign in were deleted. Restart the tenant to restore them.</li>";
        }
        // Prevent clickjacking: other pages cannot frame this one.
        context.Response.Headers.XFrameOptions = "DENY";
        return AnswerAsync(context, 200, "Sign in", $"""
            <h1>Sign in</h1>
            <p>to {Html(application.GetLeftPart(UriPartial.Authority))}. As whom?</p>
            <form method="post" action="/u/login">
              <input type="hidden" name="state" value="{Html(state)}">
              <ul aria-label="Accounts">
            {buttons}
              </ul>
            </form>
            <p>This is the local stand-in for an Auth0 tenant: the accounts are made up and need no password.</p>
            """);
    }

    /// <summary>An error page, for requests whose redirect URI cannot be trusted.</summary>
    public static Task ErrorAsync(HttpContext context, int status, string title, string detail) =>
        AnswerAsync(context, status, title, $"<h1>{Html(title)}</h1>\n<p>{Html(detail)}</p>");

    /// <summary>A page that posts the response to the window that opened or framed it (OAuth 2.0 Web Message Response Mode).</summary>
    public static Task WebMessageAsync(HttpContext context, IReadOnlyDictionary<string, string?> response, Uri receiver)
    {
        var answer = new JsonObject();
        foreach (var (name, value) in response)
        {
            answer[name] = value;
        }

        var message = new JsonObject { ["type"] = "authorization_response", ["response"] = answer };
        JsonNode origin = receiver.GetLeftPart(UriPartial.Authority);
        // The default encoder of JsonNode escapes characters that could end the script.
        return AnswerAsync(context, 200, "Signing in", $"""
            <script>(window.opener || window.parent).postMessage({message.ToJsonString()}, {origin.ToJsonString()});</script>
            """);
    }

    private static Task AnswerAsync(HttpContext context, int status, string title, string content)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Html(title)} | Local tenant</title>
            <link rel="icon" href="/favicon.ico" type="image/svg+xml">
            <style>
            {Style}
            </style>
            </head>
            <body>
            <main>
            {content}
            </main>
            </body>
            </html>
            """,
            context.RequestAborted);
    }

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);
}
