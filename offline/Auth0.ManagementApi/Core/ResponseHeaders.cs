using System.Collections;
using System.Net.Http.Headers;

namespace Auth0.ManagementApi.Core;

/// <summary>An answer's headers, the content's included.</summary>
public readonly struct ResponseHeaders : IEnumerable<HttpHeader>
{
    private readonly HttpResponseHeaders? _headers;
    private readonly HttpContentHeaders? _contentHeaders;

    private ResponseHeaders(HttpResponseMessage response) => (_headers, _contentHeaders) = (response.Headers, response.Content.Headers);

    /// <summary>Content-Type.</summary>
    public string? ContentType => _contentHeaders?.ContentType?.ToString();

    /// <summary>Content-Length, in bytes.</summary>
    public long? ContentLength => _contentHeaders?.ContentLength;

    /// <summary>The headers of an answer.</summary>
    /// <param name="response">The answer.</param>
    public static ResponseHeaders FromHttpResponseMessage(HttpResponseMessage response) => new(response);

    /// <summary>A header's first value.</summary>
    /// <param name="name">The header, in any case.</param>
    /// <param name="value">Its first value.</param>
    public bool TryGetValue(string name, out string? value)
    {
        var found = TryGetValues(name, out var values);
        value = values?.FirstOrDefault();
        return found;
    }

    /// <summary>A header's values.</summary>
    /// <param name="name">The header, in any case.</param>
    /// <param name="values">Its values.</param>
    public bool TryGetValues(string name, out IEnumerable<string>? values)
    {
        if (_headers?.TryGetValues(name, out values) == true || _contentHeaders?.TryGetValues(name, out values) == true)
        {
            return true;
        }

        values = null;
        return false;
    }

    /// <summary>Whether a header is there.</summary>
    /// <param name="name">The header, in any case.</param>
    public bool Contains(string name) => TryGetValues(name, out _);

    /// <inheritdoc/>
    public IEnumerator<HttpHeader> GetEnumerator()
    {
        foreach (var headers in new HttpHeaders?[] { _headers, _contentHeaders })
        {
            if (headers is null)
            {
                continue;
            }

            foreach (var (name, values) in headers)
            {
                yield return new HttpHeader(name, string.Join(", ", values));
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A header.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its values, separated by commas.</param>
public readonly record struct HttpHeader(string Name, string Value);
