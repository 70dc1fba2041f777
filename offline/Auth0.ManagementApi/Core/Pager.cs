namespace Auth0.ManagementApi.Core;

/// <summary>A list's pages, the first one read already.</summary>
/// <typeparam name="TItem">What is listed.</typeparam>
public interface Pager<TItem> : IAsyncEnumerable<TItem>
{
    /// <summary>The page read last.</summary>
    Page<TItem> CurrentPage { get; }

    /// <summary>Whether that page had anything on it: no promise that another follows.</summary>
    bool HasNextPage { get; }

    /// <summary>Reads the next page.</summary>
    /// <param name="cancellationToken">Ends the request.</param>
    Task<Page<TItem>> GetNextPageAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads page after page until one is empty.</summary>
    /// <param name="cancellationToken">Ends the requests.</param>
    IAsyncEnumerable<Page<TItem>> AsPagesAsync(CancellationToken cancellationToken = default);
}
