namespace AdminFunctions.Management;

/// <summary>
/// The time that one request may spend on Auth0 and Key Vault: all tries, the token and the vault together. It is ambient,
/// because the SDK hands neither a deadline nor a token to <c>ITokenProvider</c> and to the message handlers under it.
/// </summary>
internal sealed class RequestBudget : IDisposable
{
    /// <summary>What a caller's request may take.</summary>
    public static readonly TimeSpan ForRequest = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What work that several requests wait for may take. Less than theirs, so that the request that started it learns why
    /// it failed, and not just that it took too long.
    /// </summary>
    internal static readonly TimeSpan ForSharedWork = TimeSpan.FromSeconds(8);

    private static readonly AsyncLocal<RequestBudget?> Ambient = new();

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _length;
    private readonly CancellationTokenSource _timer;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenSource _ended;

    private RequestBudget(TimeProvider time, TimeSpan length, CancellationToken cancellationToken)
    {
        _time = time;
        _length = length;
        _started = time.GetTimestamp();
        _timer = new CancellationTokenSource(length, time);
        _caller = cancellationToken;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(_timer.Token, cancellationToken);
    }

    /// <summary>The budget of the request that is being served here, if one is.</summary>
    internal static RequestBudget? Current => Ambient.Value;

    /// <summary>Cancelled when the time is spent or the caller has gone.</summary>
    public CancellationToken Token => _ended.Token;

    /// <summary>Whether the caller has gone while there was time left: then a cancellation is no timeout.</summary>
    internal bool IsAbandoned => _caller.IsCancellationRequested && !_timer.IsCancellationRequested;

    /// <summary>What is left; never less than nothing.</summary>
    internal TimeSpan Remaining
    {
        get
        {
            var left = _length - _time.GetElapsedTime(_started);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Starts a budget for the calling async method and all that it awaits.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="length">How long it lasts.</param>
    /// <param name="cancellationToken">Ends it early: the caller has gone.</param>
    public static RequestBudget Start(TimeProvider time, TimeSpan length, CancellationToken cancellationToken = default) =>
        Ambient.Value = new RequestBudget(time, length, cancellationToken);

    /// <summary>Ends it.</summary>
    public void Dispose()
    {
        _ended.Dispose();
        _timer.Dispose();
    }
}
