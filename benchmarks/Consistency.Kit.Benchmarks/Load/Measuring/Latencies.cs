namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>Sorted milliseconds.</summary>
internal sealed class Latencies(double[] sorted)
{
    internal double Percentile(double percent) => sorted[Math.Max(0, (int)Math.Ceiling(percent / 100 * sorted.Length) - 1)];

    /// <summary>Prints median, 99th percentile and maximum.</summary>
    internal void Print(string name)
    {
        Report.Value($"{name}_p50_ms", Percentile(50));
        Report.Value($"{name}_p99_ms", Percentile(99));
        Report.Value($"{name}_max_ms", sorted[^1]);
    }
}
