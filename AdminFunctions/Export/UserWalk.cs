using System.Runtime.CompilerServices;
using AdminFunctions.Management;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>
/// Goes through all users of a search, past the first 1000 results, which are all that Auth0 pages through
/// (https://auth0.com/docs/manage-users/user-search/view-search-results-by-page).
/// </summary>
/// <remarks>
/// <para>
/// It guarantees that every user who exists, and is found by the search, from its beginning to its end is delivered once; otherwise it
/// ends with an exception. There is never a silent gap. Each stage says what it contributes to that.
/// </para>
/// <para>
/// A walk goes by one field, for a search by the creation date. Auth0 cannot resume a search, so the walk searches in windows: the search,
/// and from the key that has been reached on.
/// </para>
/// </remarks>
internal sealed class UserWalk
{
    /// <summary>How often in a row the walk goes on after a wrong end without finding anyone. The search index lags by seconds.</summary>
    private const int MostWrongEnds = 5;

    /// <summary>How far our clock may differ from Auth0's.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    private readonly WalkRequests _requests;
    private readonly string? _search;
    private readonly string? _clause;
    private readonly WalkOrder _order;
    private readonly WalkFrontier _frontier;
    private readonly TimeProvider _time;
    private readonly DateTime _began;

    private Stage _next = Stage.Opening;
    private bool _hasLookedForUndated;
    private long? _counted;
    private long _deliveredAtWrongEnd;
    private int _wrongEnds;

    /// <summary>Creates the walk through a search, by creation date.</summary>
    /// <param name="question">The search and the fields, <c>user_id</c> and <c>created_at</c> among them.</param>
    public UserWalk(TenantUsers tenant, WalkPace pace, TimeProvider time, ListUsersRequestParameters question)
        : this(new WalkRequests(tenant, pace, time, question), question.Q.GetValueOrDefault(), clause: null, WalkOrder.ByCreation, time)
    {
    }

    private UserWalk(WalkRequests requests, string? search, string? clause, WalkOrder order, TimeProvider time)
    {
        (_requests, _search, _clause, _order, _time) = (requests, search, clause, order, time);
        _frontier = new WalkFrontier(order);
        _began = time.GetUtcNow().UtcDateTime;
        _hasLookedForUndated = order.IsUnique;
    }

    private enum Stage
    {
        /// <summary>The first page of the search as the caller wrote it, so that Auth0 judges the caller's own search.</summary>
        Opening,

        /// <summary>The pages of a window that begins at the key that has been reached.</summary>
        Window,

        /// <summary>The users who all have the key that has been reached, more than fit on a page.</summary>
        Ties,

        /// <summary>The users without a creation date, who are in no window.</summary>
        Undated,

        /// <summary>There seem to be no more users: check that.</summary>
        Closing,

        /// <summary>All users are delivered.</summary>
        Complete,
    }

    /// <summary>The users, page by page, oldest first. Until the first page has users, Auth0's rate limit ends the walk at once.</summary>
    /// <exception cref="TenantException">Auth0 did not list the users, or not all of them.</exception>
    /// <exception cref="VaultException">The client secret could not be read.</exception>
    public async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (_next is not Stage.Complete)
        {
            if (_next is Stage.Closing)
            {
                await CloseAsync(cancellationToken);
                continue;
            }

            var users = _next switch
            {
                Stage.Opening => WindowAsync(Query(), isWhole: false, cancellationToken),
                Stage.Window => WindowAsync(Query(_frontier.Beyond()), isWhole: true, cancellationToken),
                Stage.Ties => TiesAsync(cancellationToken),
                _ => UndatedAsync(cancellationToken),
            };
            await foreach (var page in users)
            {
                if (page.Count > 0)
                {
                    _requests.IsPatient = true;
                    yield return page;
                }
            }
        }
    }

    /// <summary>
    /// Delivers the pages of a window. A deletion moves all later users forward by one, so pages by number alone would miss users. That is
    /// why each page overlaps the previous one: if it begins before the key that has been reached, no user is between them. If it does
    /// not, it proves nothing, and the next window begins at that key.
    /// </summary>
    private async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> WindowAsync(
        string? search,
        bool isWhole,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _next = Stage.Window;
        await foreach (var page in _requests.ListWindowAsync(search, _order, isWhole, cancellationToken))
        {
            _counted ??= page.Total ?? 0;
            _frontier.Check(page.Users);
            if (page.Start > 0 && !_frontier.IsWithin(page.Users))
            {
                yield break;
            }

            if (page is { Start: 0, IsFull: true } && _frontier.HasTies(page.Users))
            {
                _frontier.EnterTies(page.Users);
                _next = Stage.Ties;
                yield break;
            }

            var fresh = _frontier.Advance(page.Users);
            yield return fresh;
            var isEmpty = page.Start is 0 && fresh.Count is 0 && (!page.IsFull || !_frontier.HasKeys(page.Users));
            if (page.IsLast || isEmpty)
            {
                // If the whole search fits on its first page, the users without a creation date are on it too.
                _next = _hasLookedForUndated || (page.IsLast && !isWhole) ? Stage.Closing : Stage.Undated;
            }

            if (!page.IsFull)
            {
                // If Auth0 counts more users, it has left some out (one who has just been deleted, for example): more may follow.
                yield break;
            }
        }
    }

    /// <summary>
    /// Delivers the users of one key, when a whole page has it: bulk imports create many users at one moment. A walk of its own goes
    /// through them by ID.
    /// </summary>
    private async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> TiesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var users in ById(_frontier.AtKey()).RunAsync(cancellationToken))
        {
            yield return _frontier.Deliver(users);
        }

        _frontier.LeaveTies();
        _next = Stage.Window;
    }

    /// <summary>Delivers the users without a creation date, by ID, once.</summary>
    private async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> UndatedAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _hasLookedForUndated = true;
        await foreach (var users in ById(_order.Missing).RunAsync(cancellationToken))
        {
            yield return _frontier.Deliver(users);
        }

        _next = Stage.Closing;
    }

    /// <summary>
    /// Requests the search as the caller wrote it again, backwards. If its last users are delivered and Auth0 does not count more than
    /// that, the walk is complete. Otherwise it goes on from the key that has been reached, a few times.
    /// </summary>
    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (await IsCompleteAsync(cancellationToken))
        {
            _next = Stage.Complete;
            return;
        }

        _wrongEnds = _frontier.Delivered > _deliveredAtWrongEnd ? 1 : _wrongEnds + 1;
        _deliveredAtWrongEnd = _frontier.Delivered;
        if (_wrongEnds > MostWrongEnds)
        {
            throw WalkFrontier.Gap("Auth0 finds more users than it has listed");
        }

        await Task.Delay(TimeSpan.FromSeconds(Math.Min(_wrongEnds - 1, 2)), _time, cancellationToken);
        _next = Stage.Window;
    }

    private async Task<bool> IsCompleteAsync(CancellationToken cancellationToken)
    {
        var last = await _requests.ListLastAsync(Query(), _order, cancellationToken);
        _frontier.CheckBackwards(last.Users);
        var missing = _frontier.Fresh(last.Users);

        // A full page of new users does not reach back to one who was delivered: others may be missing in between. Users who were created
        // during the walk may be missing.
        var reachesBack = missing.Count < last.Users.Count || !last.IsFull;
        var isLastDelivered = reachesBack && !missing.Any(user => user.CreatedAt <= _began + ClockSkew);

        // A total that stops at 1000 says too little, never too much. Between the two totals, users may have come and gone. Among ties,
        // the last user says it all.
        var isCountDelivered = _order.IsUnique || Math.Min(_counted ?? 0, last.Total ?? 0) <= _frontier.Delivered + missing.Count;
        return isLastDelivered && isCountDelivered;
    }

    private UserWalk ById(string clause) => new(_requests, _search, clause, WalkOrder.ById, _time);

    /// <summary>The search as the caller wrote it, or within the clauses. It is nested once at most.</summary>
    private string? Query(string? window = null)
    {
        string[] clauses = [.. new[] { _clause, window }.OfType<string>()];
        return clauses is [] ? _search : string.Join(" AND ", _search is null ? clauses : [$"({_search})", .. clauses]);
    }
}
