namespace AdminFunctions.LocalHost.Loopback;

/// <summary>
/// A pattern for requests: <c>METHOD /path</c>. Either part can be <c>*</c>. A path that ends with <c>*</c> matches every path
/// with this prefix. The path is compared without decoding and without the query. A single <c>*</c> matches every request.
/// </summary>
internal sealed class RequestMatch
{
    private readonly string _method;
    private readonly string _path;
    private readonly bool _prefix;

    private RequestMatch(string method, string path)
    {
        _method = method;
        _prefix = path.EndsWith('*');
        _path = _prefix ? path[..^1] : path;
    }

    /// <summary>Parses a pattern.</summary>
    /// <exception cref="FormatException">The pattern is not valid.</exception>
    public static RequestMatch Parse(string pattern)
    {
        if (pattern is "*")
        {
            return new("*", "*");
        }

        var parts = pattern.Split(' ');
        return parts.Length is 2 && parts[0].Length > 0 && (parts[1] is "*" || parts[1].StartsWith('/'))
            ? new(parts[0], parts[1])
            : throw new FormatException(
                $"\"{pattern}\" is not a request pattern. "
                + "Write \"METHOD /path\", such as \"GET /api/v2/users\", \"DELETE /api/v2/users/*\" or \"*\".");
    }

    /// <summary>Whether a request matches.</summary>
    public bool Matches(string method, string rawTarget)
    {
        var path = rawTarget.AsSpan();
        if (path.IndexOf('?') is var query and >= 0)
        {
            path = path[..query];
        }

        return (_method is "*" || _method.Equals(method, StringComparison.OrdinalIgnoreCase))
            && (_prefix ? path.StartsWith(_path, StringComparison.Ordinal) : path.Equals(_path, StringComparison.Ordinal));
    }
}
