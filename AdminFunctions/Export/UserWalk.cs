using System.Runtime.CompilerServices;
using AdminFunctions.Management;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>
/// Goes through all users of a search, past the first 1000 results, which are all that Auth0 lets anyone page through
/// (https://auth0.com/docs/manage-users/user-search/view-search-results-by-page): in windows, each of which begins at the
/// moment of creation at which the one before has ended.
/// </summary>
/// <remarks>
/// <para>
/// What it guarantees: whoever is there, and found by the search, from beginning to end is delivered, once. A deletion moves
/// everyone behind it one place forward, so that page after page, by their numbers, would miss people. Therefore each page of a
/// window overlaps the one before. Where it begins before the moment that has been reached, nobody can be in between; where it
/// does not, it proves nothing, and a new window begins at that moment.
/// </para>
/// <para>
/// Where a whole page was created at one and the same moment (bulk imports do that), the users of that moment are gone through
/// by their ids. An answer that is not in the order which was asked for ends the walk with an exception: never is there a gap
/// in silence.
/// </para>
/// </remarks>
/// <param name="tenant">The tenant's users.</param>
/// <param name="pace">When to send the next request.</param>
/// <param name="time">The clock of the budgets.</param>
/// <param name="question">What is asked for: the search and the fields, <c>user_id</c> and <c>created_at</c> among them.</param>
internal sealed class UserWalk(TenantUsers tenant, WalkPace pace, TimeProvider time, ListUsersRequestParameters question)
{
    /// <summary>
    /// Users a page, of the pages of a window: as many as Auth0 gives, then ever fewer, since page N begins at N times its own
    /// size. So the pages begin at 0, 97, 192, 285, …, two users or more before the one before has ended.
    /// </summary>
    private static readonly int[] PageSizes = [100, 97, 96, 95, 94, 93, 92, 91, 90, 89];

    /// <summary>How many pages are asked for at once.</summary>
    private const int PagesAtOnce = 4;

    /// <summary>How long Auth0 may have the walk pause for its rate limit, and how often in a row.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private const int MostPauses = 5;

    private bool _hasBegun;

    /// <summary>The users, page by page, oldest first; the first page is asked for alone and without patience.</summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="TenantException">Auth0 did not list them.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> RunAsync(CancellationToken cancellationToken) =>
        WalkAsync(question.Q.GetValueOrDefault(), WalkOrder.ByCreation, cancellationToken);

    private async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> WalkAsync(
        string? search,
        WalkOrder order,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var frontier = new WalkFrontier(order);
        while (true)
        {
            var isFirst = true;
            var crowd = false;
            await foreach (var page in WindowAsync(And(search, frontier.Beyond()), order, cancellationToken))
            {
                frontier.Check(page.Users);
                if (!isFirst && !frontier.IsWithin(page.Users))
                {
                    break;
                }

                if (isFirst && page.IsFull && order.KeyOf(page.Users[0]) == order.KeyOf(page.Users[^1]))
                {
                    crowd = true;
                    frontier.EnterCrowd(page.Users);
                    break;
                }

                var fresh = frontier.Advance(page.Users);
                if (fresh.Count > 0)
                {
                    _hasBegun = true;
                    yield return fresh;
                }

                if (page.IsLast || (!page.IsFull && isFirst && fresh.Count == 0))
                {
                    yield break;
                }

                if (!page.IsFull)
                {
                    // Auth0 leaves somebody out whom it counts (who was just deleted, say): there may be more behind.
                    break;
                }

                isFirst = false;
            }

            if (crowd)
            {
                await foreach (var users in WalkAsync(And(search, frontier.AtKey()), WalkOrder.ById, cancellationToken))
                {
                    yield return frontier.Fresh(users);
                }

                frontier.LeaveCrowd();
            }
        }
    }

    /// <summary>The pages of a window in their order, some of them asked for ahead. There may be too few, never too many.</summary>
    private async IAsyncEnumerable<WalkPage> WindowAsync(string? search, WalkOrder order, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = question with { Q = search, Sort = order.Sort };
        var first = await ListAsync(window, page: 0, cancellationToken);
        yield return first;
        if (!first.IsFull)
        {
            yield break;
        }

        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pages = PageSizes.TakeWhile((size, page) => page * size <= first.Total).Count();
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

    private async Task<WalkPage> ListAsync(ListUsersRequestParameters window, int page, CancellationToken cancellationToken)
    {
        var size = PageSizes[page];
        var request = window with { Page = page, PerPage = size };
        for (var pauses = 0; ; pauses++)
        {
            try
            {
                var answer = await pace.RunAsync(() => ListAsync(request, cancellationToken), cancellationToken);
                return new WalkPage([.. answer.Users ?? []], Start: page * size, size, (long?)answer.Total ?? long.MaxValue);
            }
            catch (TenantException limited) when (_hasBegun && limited.RetryAfter <= LongestPause && pauses < MostPauses)
            {
                await Task.Delay(limited.RetryAfter.Value, time, cancellationToken);
            }
        }
    }

    /// <summary>Lists within a budget of its own, for the walk outlasts that of the request.</summary>
    private async Task<ListUsersOffsetPaginatedResponseContent> ListAsync(ListUsersRequestParameters request, CancellationToken cancellationToken)
    {
        using var budget = RequestBudget.Start(time, RequestBudget.Current?.Remaining ?? RequestBudget.ForRequest, cancellationToken);
        return await tenant.ListAsync(request, budget.Token);
    }

    private static string? And(string? search, string? clause) => (search, clause) switch
    {
        (null, _) => clause,
        (_, null) => search,
        _ => $"({search}) AND {clause}",
    };

    /// <summary>A page as Auth0 gave it.</summary>
    private sealed record WalkPage(IReadOnlyList<UserResponseSchema> Users, int Start, int Size, long Total)
    {
        public bool IsFull => Users.Count >= Size;

        public bool IsLast => !IsFull && Start + Users.Count >= Total;
    }
}
