using System.Diagnostics;

namespace AdminFunctions.Chaos;

/// <summary>What the process takes: functions, callers, tenant and vault together.</summary>
internal sealed class Footprint : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Process _process = Process.GetCurrentProcess();
    private readonly List<Sample> _samples = [];

    /// <summary>Whether a run of this length has a second minute and a last one, apart from each other.</summary>
    public static bool CanBeJudged(TimeSpan length) => length >= 3 * Minute;

    /// <summary>Takes a sample.</summary>
    /// <param name="at">When, from the beginning.</param>
    public void Take(TimeSpan at)
    {
        // What is in use: neither what awaits its collection nor what the collector keeps for later.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _process.Refresh();
        _samples.Add(new Sample(at, _process.WorkingSet64 / 1024, GC.GetTotalMemory(forceFullCollection: false) / 1024, _process.HandleCount));
    }

    /// <summary>The middle sample of each measure between two moments.</summary>
    public Sample Middle(TimeSpan from, TimeSpan to)
    {
        Sample[] samples = [.. _samples.Where(sample => sample.At >= from && sample.At < to)];
        return new Sample(from, Median(sample => sample.WorkingSet), Median(sample => sample.Heap), (int)Median(sample => sample.Handles));

        long Median(Func<Sample, long> measure) => samples.Length is 0 ? 0 : samples.Select(measure).Order().ElementAt(samples.Length / 2);
    }

    /// <summary>Compares the second minute with the last.</summary>
    public void Judge(Laws laws, TimeSpan length, int callers)
    {
        var (second, last) = (Middle(Minute, 2 * Minute), Middle(length - Minute, length));

        // Flat: a tenth more at most, and a collector's or a pool's whim (8 MB; a connection, which is two handles here, for every second caller).
        laws.Memory.Check(IsFlat(second.Heap, last.Heap, 8 * 1024), () => $"The heap has grown from {second.Heap} kB to {last.Heap} kB.");
        laws.Memory.Check(IsFlat(second.WorkingSet, last.WorkingSet, 8 * 1024), () => $"The working set has grown from {second.WorkingSet} kB to {last.WorkingSet} kB.");
        laws.Handles.Check(IsFlat(second.Handles, last.Handles, callers), () => $"The handles have grown from {second.Handles} to {last.Handles}.");

        static bool IsFlat(long second, long last, long whim) => last <= (second * 1.1) + whim;
    }

    public void Dispose() => _process.Dispose();

    /// <param name="At">When.</param>
    /// <param name="WorkingSet">In kB.</param>
    /// <param name="Heap">The live heap, in kB.</param>
    /// <param name="Handles">How many: sockets, above all.</param>
    internal sealed record Sample(TimeSpan At, long WorkingSet, long Heap, int Handles);
}
