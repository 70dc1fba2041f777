namespace AdminFunctions.Export;

/// <summary>
/// Limits the number of concurrent exports, per caller and in this process. Plans and their executions count too. An export sends hundreds
/// of requests to Auth0, so a caller with sixty exports would delay everyone else.
/// </summary>
public sealed class ExportSlots
{
    /// <summary>The maximum number of concurrent exports of one caller (the <c>sub</c> of the token).</summary>
    public const int OfACaller = 2;

    /// <summary>The maximum number of concurrent exports in this process.</summary>
    public const int OfAll = 8;

    /// <summary>When to retry. It is a guess, because an export takes seconds or minutes.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Takes a slot, without waiting for one.</summary>
    /// <param name="subject">The caller's <c>sub</c>.</param>
    /// <returns>The slot. Dispose it to return it. You can dispose it more than once.</returns>
    /// <exception cref="TooManyExportsException">No slot is free.</exception>
    public IDisposable Take(string subject)
    {
        lock (_gate)
        {
            var own = _underWay.GetValueOrDefault(subject);
            if (own >= OfACaller)
            {
                throw new TooManyExportsException(
                    $"You already have {own} exports in progress; plans and their executions count too. Wait until one has ended, or cancel one.",
                    RetryAfter);
            }

            if (_all >= OfAll)
            {
                throw new TooManyExportsException(
                    $"{_all} exports are in progress, which is the maximum; plans and their executions count too. Wait until one has ended.",
                    RetryAfter);
            }

            _underWay[subject] = own + 1;
            _all++;
        }

        return new Slot(this, subject);
    }

    private void Return(string subject)
    {
        lock (_gate)
        {
            _all--;
            if (--_underWay[subject] is 0)
            {
                _underWay.Remove(subject);
            }
        }
    }

    private sealed class Slot(ExportSlots slots, string subject) : IDisposable
    {
        private ExportSlots? _slots = slots;

        public void Dispose() => Interlocked.Exchange(ref _slots, null)?.Return(subject);
    }
}
