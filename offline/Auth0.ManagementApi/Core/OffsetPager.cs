using System.Runtime.CompilerServices;

namespace Auth0.ManagementApi.Core;

/// <summary>A list that is read page by page, by page numbers.</summary>
internal static class OffsetPager
{
    public static Optional<int?> Next(Optional<int?> page) =>
        page.GetValueOrDefault(0) + 1 ?? throw new NotSupportedException("Offset must be a number.");
}

/// <inheritdoc cref="OffsetPager"/>
internal sealed class OffsetPager<TItem, TResponse> : Pager<TItem>
{
    private readonly Func<CancellationToken, WithRawResponseTask<TResponse>> _send;
    private readonly Func<TResponse, IEnumerable<TItem>?> _items;
    private readonly Action _turn;

    private OffsetPager(Func<CancellationToken, WithRawResponseTask<TResponse>> send, Func<TResponse, IEnumerable<TItem>?> items, Action turn) =>
        (_send, _items, _turn) = (send, items, turn);

    public Page<TItem> CurrentPage { get; private set; } = Page<TItem>.Empty;

    // Before the first page too, which StartAsync reads.
    public bool HasNextPage { get; private set; } = true;

    /// <summary>Reads the first page.</summary>
    /// <param name="send">Requests the current page.</param>
    /// <param name="turn">Turns to the next page.</param>
    public static async Task<Pager<TItem>> StartAsync(
        Func<CancellationToken, WithRawResponseTask<TResponse>> send,
        Func<TResponse, IEnumerable<TItem>?> items,
        Action turn,
        CancellationToken cancellationToken)
    {
        var pager = new OffsetPager<TItem, TResponse>(send, items, turn);
        await pager.GetNextPageAsync(cancellationToken);
        return pager;
    }

    public async Task<Page<TItem>> GetNextPageAsync(CancellationToken cancellationToken = default)
    {
        if (!HasNextPage)
        {
            return Page<TItem>.Empty;
        }

        var response = await _send(cancellationToken).WithRawResponse();
        var items = _items(response.Data)?.ToList();
        HasNextPage = items is { Count: > 0 };
        if (HasNextPage)
        {
            _turn();
        }

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
