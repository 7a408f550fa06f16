namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>Watches the working set of this process while something runs.</summary>
internal static class MemoryPeak
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>The highest working set seen, in megabytes (10^6 bytes).</summary>
    internal static async Task<double> DuringAsync(Task work)
    {
        using var timer = new PeriodicTimer(Interval);
        var peak = Environment.WorkingSet;
        while (!work.IsCompleted)
        {
            await timer.WaitForNextTickAsync();
            peak = Math.Max(peak, Environment.WorkingSet);
        }

        await work;
        return peak / 1e6;
    }
}
