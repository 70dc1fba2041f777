using System.Security.Cryptography;
using System.Text;

namespace AdminFunctions.LocalHost.Dashboard;

/// <summary>The page that is shown until the dashboard is built.</summary>
internal static class BuildPage
{
    private const int RefreshSeconds = 2;

    private const string Style = """
        :root { color-scheme: light dark; --page: #eef0f4; --card: #fff; --text: #1e212a; --quiet: #5b6472; }
        @media (prefers-color-scheme: dark) { :root { --page: #14161c; --card: #1f232c; --text: #eceef4; --quiet: #a5adbd; } }
        body { margin: 0; min-height: 100vh; box-sizing: border-box; display: grid; place-items: center; padding: 1rem;
               background: var(--page); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
        main { max-width: 25rem; padding: 2rem; background: var(--card); border-radius: .75rem; }
        h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25; }
        p { margin: 0; color: var(--quiet); }
        """;

    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>The dashboard is being built. The page reloads automatically.</summary>
    public static Task BuildingAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = $"{RefreshSeconds}";
        return AnswerAsync(
            context,
            StatusCodes.Status503ServiceUnavailable,
            "The dashboard is being built…",
            "This takes a few seconds, and longer the first time. This page then reloads automatically.",
            $"""<meta http-equiv="refresh" content="{RefreshSeconds}">""");
    }

    /// <summary>The build of the dashboard failed.</summary>
    public static Task FailedAsync(HttpContext context) => AnswerAsync(
        context,
        StatusCodes.Status500InternalServerError,
        "The dashboard could not be built",
        "See the console of the local host for the reason. Fix it and restart the local host. The functions are still running.",
        "");

    private static Task AnswerAsync(HttpContext context, int status, string title, string text, string head)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        return context.Response.WriteAsync(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            {head}
            <title>{title}</title>
            <style>{Style}</style>
            </head>
            <body>
            <main>
            <h1>{title}</h1>
            <p>{text}</p>
            </main>
            </body>
            </html>
            """,
            context.RequestAborted);
    }
}
