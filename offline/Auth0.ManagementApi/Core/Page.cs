using System.Collections;
using System.Net;

namespace Auth0.ManagementApi.Core;

/// <summary>One page of a list.</summary>
/// <typeparam name="TItem">What is listed.</typeparam>
public class Page<TItem> : IEnumerable<TItem>
{
    /// <summary>A page from nowhere.</summary>
    /// <param name="items">What is on it.</param>
    public Page(IReadOnlyList<TItem> items) => Items = items;

    /// <summary>A page from an answer.</summary>
    /// <param name="items">What is on it.</param>
    /// <param name="response">The whole answer.</param>
    /// <param name="statusCode">The answer's status.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="url">The address asked.</param>
    public Page(IReadOnlyList<TItem> items, object? response, HttpStatusCode statusCode, ResponseHeaders? headers, Uri? url = null) =>
        (Items, Response, StatusCode, Headers, Url) = (items, response, statusCode, headers, url);

    /// <summary>A page with nothing on it.</summary>
    public static Page<TItem> Empty { get; } = new([]);

    /// <summary>What is on it.</summary>
    public IReadOnlyList<TItem> Items { get; }

    /// <summary>The whole answer; null on a page from nowhere, such as one whose answer had no list.</summary>
    public object? Response { get; }

    /// <summary>The answer's status.</summary>
    public HttpStatusCode StatusCode { get; }

    /// <summary>The answer's headers.</summary>
    public ResponseHeaders? Headers { get; }

    /// <summary>The address asked.</summary>
    public Uri? Url { get; }

    /// <summary>Whether nothing is on it.</summary>
    public bool IsEmpty => Items.Count == 0;

    /// <inheritdoc/>
    public IEnumerator<TItem> GetEnumerator() => Items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
