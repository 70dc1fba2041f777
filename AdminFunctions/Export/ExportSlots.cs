namespace AdminFunctions.Export;

/// <summary>
/// How many exports may be under way: a few a caller, and a few more in this process. An export is hundreds of requests to
/// Auth0; who begins sixty of them would have everyone else wait.
/// </summary>
public sealed class ExportSlots
{
    /// <summary>How many exports one caller (the token's <c>sub</c>) may have under way at once.</summary>
    public const int OfACaller = 2;

    /// <summary>How many exports this process has under way at once, whoever they are for.</summary>
    public const int OfAll = 8;

    /// <summary>When it makes sense to come again. How long exports take nobody knows: some seconds, or minutes.</summary>
    internal static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _underWay = new(StringComparer.Ordinal);
    private int _all;

    /// <summary>Takes a slot, without waiting for one.</summary>
    /// <param name="subject">Who exports.</param>
    /// <returns>The slot. Disposing it gives it back, once however often.</returns>
    /// <exception cref="TooManyExportsException">There is none.</exception>
    public IDisposable Take(string subject)
    {
        lock (_gate)
        {
            var own = _underWay.GetValueOrDefault(subject);
            if (own >= OfACaller)
            {
                throw new TooManyExportsException($"You have {own} exports under way. Wait until one has ended, or cancel one.", RetryAfter);
            }

            if (_all >= OfAll)
            {
                throw new TooManyExportsException($"{_all} exports are under way, which is all that are made at once. Wait until one has ended.", RetryAfter);
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
