using System.Runtime.CompilerServices;
using AdminFunctions.Management;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>Sends the requests of a walk. Each waits for its turn among the exports, and has its own time limit.</summary>
/// <param name="question">The search and the fields, which include <c>user_id</c> and <c>created_at</c>.</param>
internal sealed class WalkRequests(TenantUsers tenant, WalkPace pace, TimeProvider time, ListUsersRequestParameters question)
{
    /// <summary>
    /// The sizes of the pages of a window. The first is the largest that Auth0 allows. They decrease, so that pages overlap: page N begins
    /// at N times its own size, that is at 0, 97, 192, 285, …, which is at least two users before the previous page ends.
    /// </summary>
    private static readonly int[] PageSizes = [100, 97, 96, 95, 94, 93, 92, 91, 90, 89];

    /// <summary>How many pages are requested at once.</summary>
    private const int PagesAtOnce = 4;

    /// <summary>The longest wait for Auth0's rate limit, and the maximum number of waits in a row.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private const int MostPauses = 5;

    private readonly WalkPace.Walker _walker = pace.Join();

    /// <summary>
    /// Whether to wait for the rate limit. Before the first user is delivered, the caller can still get a problem instead.
    /// </summary>
    public bool IsPatient { get; set; }

    /// <summary>Returns the pages of a window in order. Some are requested ahead. The last pages may be missing.</summary>
    /// <param name="isWhole">Whether to request more than the first page.</param>
    public async IAsyncEnumerable<WalkPage> ListWindowAsync(
        string? search,
        WalkOrder order,
        bool isWhole,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = question with { Q = search, Sort = order.Sort };
        var first = await ListAsync(window, page: 0, cancellationToken);
        yield return first;
        if (!first.IsFull || !isWhole)
        {
            yield break;
        }

        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pages = PageSizes.TakeWhile((size, page) => page * size <= (first.Total ?? long.MaxValue)).Count();
        var next = 1;
        Queue<Task<WalkPage>> ahead = [];
        try
        {
            while (next < pages || ahead.Count > 0)
            {
                while (next < pages && ahead.Count < PagesAtOnce)
                {
                    ahead.Enqueue(ListAsync(window, next++, left.Token));
                }

                yield return await ahead.Dequeue();
            }
        }
        finally
        {
            await left.CancelAsync();
            await ((Task)Task.WhenAll(ahead)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns the last users of a search, in reverse order, with the fields that identify them.</summary>
    public Task<WalkPage> ListLastAsync(string? search, WalkOrder order, CancellationToken cancellationToken) => ListAsync(
        question with { Q = search, Sort = order.SortBackwards, Fields = "user_id,created_at", IncludeFields = true },
        page: 0,
        cancellationToken);

    private async Task<WalkPage> ListAsync(ListUsersRequestParameters window, int page, CancellationToken cancellationToken)
    {
        var size = PageSizes[page];
        var request = window with { Page = page, PerPage = size };
        for (var pauses = 0; ; pauses++)
        {
            try
            {
                var response = await _walker.RunAsync(() => ListAsync(request, cancellationToken), cancellationToken);
                return new WalkPage([.. response.Users ?? []], Start: page * size, size, (long?)response.Total);
            }
            catch (TenantException limited) when (IsPatient && limited.RetryAfter <= LongestPause && pauses < MostPauses)
            {
                await Task.Delay(limited.RetryAfter.Value, time, cancellationToken);
            }
        }
    }

    private async Task<ListUsersOffsetPaginatedResponseContent> ListAsync(
        ListUsersRequestParameters request,
        CancellationToken cancellationToken)
    {
        using var budget = RequestBudget.Start(time, RequestBudget.Current?.Remaining ?? RequestBudget.ForRequest, cancellationToken);
        return await tenant.ListAsync(request, budget.Token);
    }
}

/// <summary>A page as Auth0 returned it.</summary>
/// <param name="Start">How many users come before it.</param>
/// <param name="Size">How many users were requested.</param>
/// <param name="Total">How many users the search finds. Auth0 may stop counting at 1000.</param>
internal sealed record WalkPage(IReadOnlyList<UserResponseSchema> Users, int Start, int Size, long? Total)
{
    /// <summary>Whether more users may follow.</summary>
    public bool IsFull => Users.Count >= Size;

    /// <summary>Whether no users follow, as Auth0 counts them.</summary>
    public bool IsLast => !IsFull && Start + Users.Count >= Total;
}
