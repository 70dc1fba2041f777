using System.Runtime.CompilerServices;
using AdminFunctions.Management;
using Auth0.ManagementApi;

namespace AdminFunctions.Export;

/// <summary>
/// Lists all users of a search, also after the first 1000 results, to which Auth0 limits paging
/// (https://auth0.com/docs/manage-users/user-search/view-search-results-by-page).
/// </summary>
/// <remarks>
/// <para>
/// It delivers each user once who exists and matches the search from the beginning of the walk to its end. If it cannot, it throws. There
/// is never a silent gap. The comment on each stage says what it contributes to that.
/// </para>
/// <para>
/// A walk is ordered by one field, the key: the creation date, or the ID for users with the same creation date or none. Auth0 cannot resume
/// a search, so the walk searches in windows. Each window is the search limited to users from the current key on.
/// </para>
/// </remarks>
internal sealed class UserWalk
{
    /// <summary>
    /// How often in a row the walk continues without finding anyone, although users are missing. The index lags by seconds.
    /// </summary>
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
    private readonly WalkPosition? _from;
    private readonly bool _hasSomeone;

    private Stage _next;
    private UserWalk? _byId;
    private string? _idToResumeAfter;
    private bool _hasLookedForUndated;
    private string? _scope;
    private long? _counted;
    private long _notCounted;
    private long _deliveredAtWrongEnd;
    private int _wrongEnds;

    /// <summary>Creates a walk that is ordered by the creation date.</summary>
    /// <param name="question">The search and the fields, which include <c>user_id</c> and <c>created_at</c>.</param>
    /// <param name="from">Where an earlier walk of the same search stopped; <see langword="null"/> to start with the first user.</param>
    public UserWalk(TenantUsers tenant, WalkPace pace, TimeProvider time, ListUsersRequestParameters question, WalkPosition? from = null)
        : this(
            new WalkRequests(tenant, pace, time, question),
            question.Q.GetValueOrDefault(),
            clause: null,
            WalkOrder.ByCreation,
            time,
            from,
            hasSomeone: false)
    {
    }

    private UserWalk(
        WalkRequests requests,
        string? search,
        string? clause,
        WalkOrder order,
        TimeProvider time,
        WalkPosition? from,
        bool hasSomeone)
    {
        (_requests, _search, _clause, _order, _time, _from, _hasSomeone) = (requests, search, clause, order, time, from, hasSomeone);
        _frontier = new WalkFrontier(order, from);
        _began = time.GetUtcNow().UtcDateTime;
        _hasLookedForUndated = order.IsUnique || from is { HasLookedForUndated: true };

        _idToResumeAfter = from?.Place switch
        {
            WalkPlace.Ties => from.TiesUpTo,
            WalkPlace.Undated => from.UndatedUpTo,
            _ => null,
        };

        // A walk that goes on checks only the users from there on. Those before may have changed since.
        _scope = from is null ? null : _frontier.Beyond();
        _next = from is null ? Stage.Opening : order.IsUnique ? Stage.Window : Stage.Resuming;
    }

    /// <summary>Where the walk is after the page that it has just returned.</summary>
    public WalkPosition Position => _next switch
    {
        Stage.Ties => _frontier.Position(WalkPlace.Ties, _byId!._frontier.Key, _hasLookedForUndated),
        Stage.Undated => _frontier.Position(WalkPlace.Undated, tiesUpTo: null, _hasLookedForUndated),
        _ => _frontier.Position(WalkPlace.Window, tiesUpTo: null, _hasLookedForUndated),
    };

    private enum Stage
    {
        /// <summary>The first page of the search as the caller wrote it, so that Auth0 judges the caller's own search.</summary>
        Opening,

        /// <summary>The same check by Auth0, for a walk that goes on. It delivers nobody.</summary>
        Resuming,

        /// <summary>The pages of a window that begins at the current key.</summary>
        Window,

        /// <summary>The users with the current key, if there are more than a page of them.</summary>
        Ties,

        /// <summary>The users without a creation date, who are in no window.</summary>
        Undated,

        /// <summary>The check that there are no more users.</summary>
        Closing,

        /// <summary>All users have been delivered.</summary>
        Complete,
    }

    /// <summary>
    /// Returns the users page by page, oldest first. Before the first user, it does not wait for Auth0's rate limit, but throws.
    /// </summary>
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

            if (_next is Stage.Resuming)
            {
                await ResumeAsync(cancellationToken);
                continue;
            }

            var users = _next switch
            {
                Stage.Opening => WindowAsync(window: null, isWhole: false, cancellationToken),
                Stage.Window => WindowAsync(_frontier.Beyond(), isWhole: true, cancellationToken),
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
    /// Delivers the pages of a window. A deletion moves all later users forward by one, so numbered pages alone would miss users. That is
    /// why each page overlaps the previous one: if it begins before the current key, no user is between them. If it does not, a user may be
    /// missing, and the next window begins at the current key.
    /// </summary>
    private async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> WindowAsync(
        string? window,
        bool isWhole,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _next = Stage.Window;
        await foreach (var page in _requests.ListWindowAsync(Query(window), _order, isWhole, cancellationToken))
        {
            if (_counted is null)
            {
                // What the whole walk has to deliver, or, if it goes on after a position, what is left to deliver.
                (_scope, _counted) = (window, page.Total ?? 0);
                _notCounted = window is null ? 0 : _frontier.Delivered - _frontier.DeliveredAhead;
            }

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
    /// Delivers the users of one key if they fill a page, because bulk imports create many users at the same time. A second walk, ordered
    /// by ID, lists them.
    /// </summary>
    private async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> TiesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var users in ById(_frontier.AtKey(), hasSomeone: true).RunAsync(cancellationToken))
        {
            yield return _frontier.DeliverTies(users);
        }

        _frontier.LeaveTies();
        _next = Stage.Window;
    }

    /// <summary>Goes on where the earlier walk was.</summary>
    private async Task ResumeAsync(CancellationToken cancellationToken)
    {
        await ListLastAsync(scope: null, cancellationToken);
        _next = _from!.Place switch
        {
            WalkPlace.Ties => Stage.Ties,
            WalkPlace.Undated => Stage.Undated,
            _ => Stage.Window,
        };
    }

    /// <summary>Delivers the users without a creation date, in the order of their IDs.</summary>
    private async IAsyncEnumerable<IReadOnlyList<UserResponseSchema>> UndatedAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _hasLookedForUndated = true;
        await foreach (var users in ById(_order.Missing, hasSomeone: false).RunAsync(cancellationToken))
        {
            var fresh = _frontier.DeliverUndated(users);
            _notCounted += _scope is null ? 0 : fresh.Count;
            yield return fresh;
        }

        _next = Stage.Closing;
    }

    /// <summary>
    /// Runs the caller's search again in reverse order. The walk is complete if its last users have been delivered and Auth0 does not count
    /// more users. Otherwise the walk continues from the current key, a few times.
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
        // A walk that continues has searched and counted in windows only. If no window finds anyone, only the whole search shows it.
        if (_scope is not null && !IsLastDelivered(await ListLastAsync(scope: null, cancellationToken)))
        {
            return false;
        }

        var last = await ListLastAsync(_scope, cancellationToken);

        // A total that stops at 1000 is too small, never too large. Between the two totals, users may have been created and deleted. If
        // keys are unique, the last user is enough.
        var isCountDelivered = _order.IsUnique
            || Math.Min(_counted ?? 0, last.Total ?? 0) <= _frontier.Delivered - _notCounted + _frontier.Fresh(last.Users).Count;
        return IsLastDelivered(last) && isCountDelivered;
    }

    private Task<WalkPage> ListLastAsync(string? scope, CancellationToken cancellationToken) =>
        _requests.ListLastAsync(Query(scope), _order, cancellationToken);

    private bool IsLastDelivered(WalkPage last)
    {
        _frontier.CheckBackwards(last.Users);
        if (_hasSomeone && last.Users.Count is 0)
        {
            return false;
        }

        var missing = _frontier.Fresh(last.Users);

        // If all users of a full page are new, more may be missing before them. Users who were created during the walk may be missing.
        var reachesBack = missing.Count < last.Users.Count || !last.IsFull;
        return reachesBack && !missing.Any(user => user.CreatedAt <= _began + ClockSkew);
    }

    /// <summary>Creates a walk that is ordered by ID. If the earlier walk stopped in this one, it goes on there.</summary>
    /// <param name="hasSomeone">Whether users in it have been seen, so that Auth0 is wrong if it finds nobody.</param>
    private UserWalk ById(string clause, bool hasSomeone)
    {
        var upTo = _idToResumeAfter;
        _idToResumeAfter = null;
        return _byId = new(_requests, _search, clause, WalkOrder.ById, _time, upTo is null ? null : WalkPosition.After(upTo), hasSomeone);
    }

    /// <summary>Returns the caller's search, limited by the clauses. It puts the search in parentheses at most once.</summary>
    private string? Query(string? window = null)
    {
        string[] clauses = [.. new[] { _clause, window }.OfType<string>()];
        return clauses is [] ? _search : string.Join(" AND ", _search is null ? clauses : [$"({_search})", .. clauses]);
    }
}
