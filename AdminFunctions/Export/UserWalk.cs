using System.Runtime.CompilerServices;
using AdminFunctions.Management;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>
/// Goes through all users of a search, past the first 1000 results, which are all that Auth0 lets anyone page through
/// (https://auth0.com/docs/manage-users/user-search/view-search-results-by-page).
/// </summary>
/// <remarks>
/// <para>
/// The walk opens with the search as it was asked, so that a search which is none is refused for what it is. It goes on in
/// windows, all of one form: the search, and from the moment of creation that has been reached on. It closes with the search as
/// it was asked, backwards: if the last user who was there at the beginning was not delivered, or if Auth0 counts more users than
/// were, the walk is not at its end, whatever the windows say. It then goes on, and if nobody new turns up it ends with an exception.
/// </para>
/// <para>
/// What it guarantees: whoever is there, and found by the search, from beginning to end is delivered, once. A deletion moves
/// everyone behind it one place forward, so that page after page, by their numbers, would miss people. Therefore each page of a
/// window overlaps the one before. Where it begins before the moment that has been reached, nobody can be in between; where it
/// does not, it proves nothing, and a new window begins at that moment.
/// </para>
/// <para>
/// Where a whole page was created at one and the same moment (bulk imports do that), the users of that moment are gone through
/// by their ids, in a walk of their own. An answer that is not in the order which was asked for ends the walk with an exception:
/// never is there a gap in silence.
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

    /// <summary>How often in a row the walk goes on from a wrong end without finding anybody. Auth0's search index lags by some seconds.</summary>
    private const int MostWrongEnds = 5;

    /// <summary>How far our clock may be off Auth0's.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly WalkPace.Walker _walker = pace.Join();
    private readonly DateTime _began = time.GetUtcNow().UtcDateTime;
    private bool _hasBegun;

    /// <summary>Where a walk is.</summary>
    private enum Stage
    {
        /// <summary>The search, as it was asked, from its beginning.</summary>
        Opening,

        /// <summary>A window that begins with the key that is reached.</summary>
        Window,

        /// <summary>The many users of the key that is reached.</summary>
        Crowd,

        /// <summary>There is nobody more, as it seems.</summary>
        Closing,

        /// <summary>There is nobody more.</summary>
        Complete,
    }

    /// <summary>The users, page by page, oldest first; the first page is asked for alone and without patience.</summary>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="TenantException">Auth0 did not list them, or not all.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> RunAsync(CancellationToken cancellationToken) =>
        WalkAsync(question.Q.GetValueOrDefault(), WalkOrder.ByCreation, cancellationToken);

    private async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> WalkAsync(
        string? search,
        WalkOrder order,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var frontier = new WalkFrontier(order);
        long? counted = null;
        var deliveredAtWrongEnd = 0L;
        var wrongEnds = 0;
        for (var stage = Stage.Opening; stage is not Stage.Complete;)
        {
            switch (stage)
            {
                case Stage.Opening or Stage.Window:
                    var pages = stage is Stage.Opening
                        ? WindowAsync(search, order, mostPages: 1, cancellationToken)
                        : WindowAsync(And(search, frontier.Beyond()), order, PageSizes.Length, cancellationToken);
                    stage = Stage.Window;
                    await foreach (var page in pages)
                    {
                        counted ??= page.Total ?? 0;
                        frontier.Check(page.Users);
                        if (page.Start > 0 && !frontier.IsWithin(page.Users))
                        {
                            break;
                        }

                        if (page is { Start: 0, IsFull: true } && order.KeyOf(page.Users[0]) == order.KeyOf(page.Users[^1]))
                        {
                            frontier.EnterCrowd(page.Users);
                            stage = Stage.Crowd;
                            break;
                        }

                        var fresh = frontier.Advance(page.Users);
                        if (fresh.Count > 0)
                        {
                            _hasBegun = true;
                            yield return fresh;
                        }

                        if (page.IsLast || (page is { Start: 0, IsFull: false } && fresh.Count is 0))
                        {
                            stage = Stage.Closing;
                        }

                        if (!page.IsFull)
                        {
                            // If Auth0 counts more, it leaves somebody out (who was just deleted, say): there may be more behind.
                            break;
                        }
                    }

                    break;

                case Stage.Crowd:
                    await foreach (var users in WalkAsync(And(search, frontier.AtKey()), WalkOrder.ById, cancellationToken))
                    {
                        yield return frontier.Deliver(users);
                    }

                    frontier.LeaveCrowd();
                    stage = Stage.Window;
                    break;

                case Stage.Closing:
                    if (await IsCompleteAsync(search, order, frontier, counted ?? 0, cancellationToken))
                    {
                        stage = Stage.Complete;
                        break;
                    }

                    wrongEnds = frontier.Delivered > deliveredAtWrongEnd ? 1 : wrongEnds + 1;
                    deliveredAtWrongEnd = frontier.Delivered;
                    if (wrongEnds > MostWrongEnds)
                    {
                        throw new TenantException(
                            TenantFailure.Unavailable,
                            "Auth0 finds more users than it has listed, so the export would miss some. Try again; if this lasts, narrow it with q.");
                    }

                    await Task.Delay(TimeSpan.FromSeconds(Math.Min(wrongEnds - 1, 2)), time, cancellationToken);
                    stage = Stage.Window;
                    break;
            }
        }
    }

    /// <summary>
    /// Asks the search as it was asked again, backwards. Its last users must have been delivered, but for those who were created
    /// while the walk went on. And it must not have counted more than were delivered, then and now: between them some may have come
    /// and gone. (A total that stops at 1000 says too little, never too much.)
    /// </summary>
    private async Task<bool> IsCompleteAsync(string? search, WalkOrder order, WalkFrontier frontier, long counted, CancellationToken cancellationToken)
    {
        var last = await ListAsync(question with { Q = search, Sort = order.SortBackwards, Fields = "user_id,created_at", IncludeFields = true }, page: 0, cancellationToken);
        frontier.CheckBackwards(last.Users);
        var missing = frontier.Fresh(last.Users);

        // A full page of new users does not reach back to one who was delivered: others may be missing in between.
        var reachesBack = missing.Count < last.Users.Count || !last.IsFull;
        var isLastDelivered = reachesBack && !missing.Any(user => user.CreatedAt <= _began + ClockSkew);

        // In a crowd everyone has a key, so that the last user says it all. Of the others some may have no moment of creation.
        var isCountDelivered = order.IsUnique || Math.Min(counted, last.Total ?? 0) <= frontier.Delivered + missing.Count;
        return isLastDelivered && isCountDelivered;
    }

    /// <summary>The pages of a window in their order, some of them asked for ahead. There may be too few, never too many.</summary>
    private async IAsyncEnumerable<WalkPage> WindowAsync(string? search, WalkOrder order, int mostPages, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var window = question with { Q = search, Sort = order.Sort };
        var first = await ListAsync(window, page: 0, cancellationToken);
        yield return first;
        if (!first.IsFull)
        {
            yield break;
        }

        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pages = PageSizes.Take(mostPages).TakeWhile((size, page) => page * size <= (first.Total ?? long.MaxValue)).Count();
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
                var answer = await _walker.RunAsync(() => ListAsync(request, cancellationToken), cancellationToken);
                return new WalkPage([.. answer.Users ?? []], Start: page * size, size, (long?)answer.Total);
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

    /// <summary>A page as Auth0 gave it. Its total may be left out, and may stop at 1000.</summary>
    private sealed record WalkPage(IReadOnlyList<UserResponseSchema> Users, int Start, int Size, long? Total)
    {
        public bool IsFull => Users.Count >= Size;

        public bool IsLast => !IsFull && Start + Users.Count >= Total;
    }
}
