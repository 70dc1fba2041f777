using System.Text.RegularExpressions;

namespace AdminFunctions.LocalHost.Tenant;

/// <summary>
/// The pictures of the users, <c>/avatars/first.last.svg</c>: their initials, on a color that depends on the name. Also the icon of the
/// tenant's own pages.
/// </summary>
internal static partial class Pictures
{
    private const string Icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">
          <rect width="16" height="16" rx="4" fill="#3f51c9"/>
          <circle cx="8" cy="6" r="2.5" fill="#fff"/>
          <path d="M3.5 13a4.5 4 0 0 1 9 0z" fill="#fff"/>
        </svg>
        """;

    /// <summary>Adds the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/favicon.ico", context => AnswerAsync(context, Icon));
        routes.MapGet("/avatars/{file}", context =>
            AvatarFile().Match((string)context.Request.RouteValues["file"]!) is { Success: true } file
                ? AnswerAsync(context, Avatar(file.Groups["name"].Value))
                : NotFoundAsync(context));
    }

    /// <summary>The URL of a user's picture.</summary>
    /// <param name="tenant">The base URL of the tenant.</param>
    /// <param name="name">The first and the last name in lowercase ASCII, separated by a dot.</param>
    public static string UrlOf(Uri tenant, string name) => new Uri(tenant, $"/avatars/{name}.svg").AbsoluteUri;

    private static string Avatar(string name)
    {
        var letters = name.Split('.').Select(static part => part.FirstOrDefault(char.IsAsciiLetter)).Where(char.IsAsciiLetter);
        var initials = string.Concat(letters.Take(2)).ToUpperInvariant();
        var hue = name.Aggregate(7, static (hash, character) => ((hash * 31) + character) % 360);
        return $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" font-family="system-ui,sans-serif" font-size="26">
              <rect width="64" height="64" fill="hsl({hue},45%,40%)"/>
              <text x="32" y="33" fill="#fff" text-anchor="middle" dominant-baseline="central">{initials}</text>
            </svg>
            """;
    }

    private static Task AnswerAsync(HttpContext context, string svg)
    {
        var response = context.Response;
        response.ContentType = "image/svg+xml";
        response.Headers.CacheControl = "public, max-age=86400";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.ContentSecurityPolicy = "default-src 'none'";
        return response.WriteAsync(svg, context.RequestAborted);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    [GeneratedRegex(@"^(?<name>[a-z0-9.]{1,100})\.svg\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AvatarFile();
}
