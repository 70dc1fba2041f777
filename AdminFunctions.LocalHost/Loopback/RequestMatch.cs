namespace AdminFunctions.LocalHost.Loopback;

/// <summary>
/// A pattern for requests: <c>METHOD /path</c>, either part of which may be <c>*</c>, and the path of which may end
/// in <c>*</c> to mean every path that starts so. The path is compared as it came, percent-encoding included,
/// without its query. A lone <c>*</c> matches every request.
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

    /// <summary>Reads a pattern.</summary>
    /// <exception cref="FormatException">It is not of the form above.</exception>
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
                $"\"{pattern}\" is no request pattern: write \"METHOD /path\", for instance \"GET /api/v2/users\", \"DELETE /api/v2/users/*\" or \"*\".");
    }

    /// <summary>Whether a request is meant.</summary>
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
