namespace AdminFunctions.Management;

/// <summary>
/// The time that one request may spend on Auth0 and Key Vault, for all attempts, the token and the secret together. It is ambient
/// (<see cref="AsyncLocal{T}"/>), because the SDK passes neither a deadline nor a cancellation token to its token provider.
/// </summary>
/// <remarks>
/// <see cref="Current"/> is read by <see cref="ResilienceHandler"/> (stops retrying), <see cref="ManagementTokenProvider"/> (stops
/// waiting for a token), <see cref="TenantUsers"/> (tells a timeout from a caller who hung up, and a refused write from one that may
/// have been carried out) and the exports (their pace, and the
/// budget of their first page).
/// </remarks>
internal sealed class RequestBudget : IDisposable
{
    /// <summary>The budget of a caller's request.</summary>
    public static readonly TimeSpan ForRequest = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The budget of work that several requests wait for. It is shorter than theirs, so that the request that started the work learns
    /// why it failed instead of timing out first.
    /// </summary>
    internal static readonly TimeSpan ForSharedWork = TimeSpan.FromSeconds(8);

    private static readonly AsyncLocal<RequestBudget?> Ambient = new();

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _ended;
    private readonly RequestBudget? _outer;

    private RequestBudget(TimeProvider time, TimeSpan length, bool repeatsRefusedWrites, CancellationToken cancellationToken)
    {
        _time = time;
        _length = length;
        _started = time.GetTimestamp();
        _timer = new CancellationTokenSource(length, time);
        _caller = cancellationToken;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
        _outer = Ambient.Value;
        RepeatsRefusedWrites = repeatsRefusedWrites && _outer?.RepeatsRefusedWrites is not false;
    }

    /// <summary>The innermost budget that has been started and not disposed in this asynchronous flow.</summary>
    internal static RequestBudget? Current => Ambient.Value;

    /// <summary>Canceled when the time is up or the caller has hung up.</summary>
    public CancellationToken Token => _ended.Token;

    /// <summary>Whether the caller hung up before the time was up: then a cancellation is not a timeout.</summary>
    internal bool IsAbandoned => _caller.IsCancellationRequested && !_timer.IsCancellationRequested;

    /// <summary>
    /// Whether Auth0 may have carried out the current write: an attempt of it ended in something other than a refusal by Auth0.
    /// <see cref="ResilienceHandler"/> sets it, which alone sees every attempt.
    /// </summary>
    internal bool WriteMayBeDone { get; set; }

    /// <summary>
    /// Whether a write that Auth0 has refused because of its rate limit may be sent again. It may not if something has to be checked again
    /// first.
    /// </summary>
    internal bool RepeatsRefusedWrites { get; }

    /// <summary>What is left; never negative.</summary>
    internal TimeSpan Remaining
    {
        get
        {
            var left = _length - _time.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Starts a budget. It is <see cref="Current"/> for the calling method and all that it awaits, until it is disposed.</summary>
    /// <param name="cancellationToken">Canceled when the caller hangs up.</param>
    public static RequestBudget Start(TimeProvider time, TimeSpan length, CancellationToken cancellationToken = default) =>
        Ambient.Value = new RequestBudget(time, length, repeatsRefusedWrites: true, cancellationToken);

    /// <summary>
    /// Starts a budget in which a write that Auth0 refuses because of its rate limit is not sent again
    /// (<see cref="RepeatsRefusedWrites"/>). Budgets inside it inherit that.
    /// </summary>
    /// <inheritdoc cref="Start"/>
    public static RequestBudget StartForChecked(TimeProvider time, TimeSpan length) =>
        Ambient.Value = new RequestBudget(time, length, repeatsRefusedWrites: false, CancellationToken.None);

    /// <summary>Starts a budget inside the current one, which ends earlier.</summary>
    /// <param name="kept">What is kept of the current budget.</param>
    /// <param name="cancellationToken">The current budget's token.</param>
    internal static RequestBudget StartShorter(TimeProvider time, TimeSpan kept, CancellationToken cancellationToken)
    {
        var length = (Current?.Remaining ?? ForRequest) - kept;
        return Start(time, length > TimeSpan.Zero ? length : TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Makes the budget that was current before it current again.</summary>
    public void Dispose()
    {
        Ambient.Value = _outer;
        _ended.Dispose();
        _timer.Dispose();
    }
}
