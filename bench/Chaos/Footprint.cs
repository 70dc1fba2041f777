using System.Diagnostics;

namespace AdminFunctions.Chaos;

/// <summary>The memory and handles of this process, which contains the functions, callers, tenant and vault.</summary>
internal sealed class Footprint : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Process _process = Process.GetCurrentProcess();
    private readonly List<Sample> _samples = [];

    /// <summary>Whether the second and the last minute of a run of this length are different minutes.</summary>
    public static bool CanBeChecked(TimeSpan length) => length >= 3 * Minute;

    /// <summary>Takes a sample.</summary>
    /// <param name="at">The time since the start.</param>
    public void Take(TimeSpan at)
    {
        // Measure live memory only, without garbage and without memory that the collector reserves.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        _process.Refresh();
        var heap = GC.GetTotalMemory(forceFullCollection: false);
        _samples.Add(new Sample(at, _process.WorkingSet64 / 1024, heap / 1024, _process.HandleCount));
    }

    /// <summary>The median of each value between two times.</summary>
    public Sample Middle(TimeSpan from, TimeSpan to)
    {
        Sample[] samples = [.. _samples.Where(sample => sample.At >= from && sample.At < to)];
        return new Sample(from, Median(sample => sample.WorkingSet), Median(sample => sample.Heap), (int)Median(sample => sample.Handles));

        long Median(Func<Sample, long> measure) => samples.Length is 0 ? 0 : samples.Select(measure).Order().ElementAt(samples.Length / 2);
    }

    /// <summary>Compares the second minute with the last.</summary>
    public void Check(Invariants invariants, TimeSpan length, int callers)
    {
        var (second, last) = (Middle(Minute, 2 * Minute), Middle(length - Minute, length));

        // Allow 10% growth, plus 8 MB for the collector, and a connection (two handles) for every second caller.
        invariants.Memory.Check(IsFlat(second.Heap, last.Heap, 8 * 1024), () => $"The heap grew from {second.Heap} kB to {last.Heap} kB.");
        invariants.Memory.Check(
            IsFlat(second.WorkingSet, last.WorkingSet, 8 * 1024),
            () => $"The working set grew from {second.WorkingSet} kB to {last.WorkingSet} kB.");
        invariants.Handles.Check(
            IsFlat(second.Handles, last.Handles, callers),
            () => $"The number of handles grew from {second.Handles} to {last.Handles}.");

        static bool IsFlat(long second, long last, long tolerance) => last <= (second * 1.1) + tolerance;
    }

    public void Dispose() => _process.Dispose();

    /// <param name="At">The time since the start.</param>
    /// <param name="WorkingSet">The working set, in kB.</param>
    /// <param name="Heap">The live heap, in kB.</param>
    /// <param name="Handles">The number of handles, most of which are sockets.</param>
    internal sealed record Sample(TimeSpan At, long WorkingSet, long Heap, int Handles);
}
