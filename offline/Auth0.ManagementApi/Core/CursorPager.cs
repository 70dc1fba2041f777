using System.Runtime.CompilerServices;

namespace Auth0.ManagementApi.Core;

/// <summary>A list that is read page by page, by the cursor that each page gives for the next.</summary>
internal sealed class CursorPager<TItem, TResponse> : Pager<TItem>
{
    private readonly Func<string?, CancellationToken, WithRawResponseTask<TResponse>> _send;
    private readonly Func<TResponse, IEnumerable<TItem>?> _items;
    private readonly Func<TResponse, string?> _next;
    private string? _cursor;

    private CursorPager(
        Func<string?, CancellationToken, WithRawResponseTask<TResponse>> send,
        Func<TResponse, IEnumerable<TItem>?> items,
        Func<TResponse, string?> next) =>
        (_send, _items, _next) = (send, items, next);

    public Page<TItem> CurrentPage { get; private set; } = Page<TItem>.Empty;

    public bool HasNextPage { get; private set; } = true;

    /// <summary>Reads the first page.</summary>
    /// <param name="send">Requests the page behind a cursor.</param>
    public static async Task<Pager<TItem>> StartAsync(
        Func<string?, CancellationToken, WithRawResponseTask<TResponse>> send,
        Func<TResponse, IEnumerable<TItem>?> items,
        Func<TResponse, string?> next,
        CancellationToken cancellationToken)
    {
        var pager = new CursorPager<TItem, TResponse>(send, items, next);
        await pager.GetNextPageAsync(cancellationToken);
        return pager;
    }

    public async Task<Page<TItem>> GetNextPageAsync(CancellationToken cancellationToken = default)
    {
        if (!HasNextPage)
        {
            return Page<TItem>.Empty;
        }

        var response = await _send(_cursor, cancellationToken).WithRawResponse();
        var items = _items(response.Data)?.ToList();
        _cursor = _next(response.Data);
        HasNextPage = _cursor is { Length: > 0 };
        return CurrentPage = items is null
            ? Page<TItem>.Empty
            : new(items, response.Data, response.RawResponse.StatusCode, response.RawResponse.Headers, response.RawResponse.Url);
    }

    public async IAsyncEnumerable<Page<TItem>> AsPagesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return CurrentPage;
        while (HasNextPage)
        {
            yield return await GetNextPageAsync(cancellationToken);
        }
    }

    public async IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPagesAsync(cancellationToken))
        {
            foreach (var item in page)
            {
                yield return item;
            }
        }
    }
}
