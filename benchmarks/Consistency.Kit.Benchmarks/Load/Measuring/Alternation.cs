using System.Diagnostics;

namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>Sides measured in turn, so that whatever else the machine does meets all of them alike.</summary>
internal sealed class Alternation
{
    // The first ten seconds of a process are several times slower than what follows.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(12);

    private readonly Dictionary<Side, List<Sample>> _samples = [];

    private Alternation(IEnumerable<Side> sides)
    {
        foreach (var side in sides)
        {
            _samples.Add(side, []);
        }
    }

    /// <summary>Measures every side once a round, in an order that turns round each time. The first round is dropped, and others while the process is cold.</summary>
    internal static async Task<Alternation> RunAsync(int rounds, Side[] sides, CancellationToken cancellationToken)
    {
        var alternation = new Alternation(sides);
        var started = Stopwatch.GetTimestamp();
        do
        {
            await RoundAsync(sides, static (_, _) => { }, cancellationToken);
        }
        while (Stopwatch.GetElapsedTime(started) < WarmUp);

        for (var round = 0; round < rounds; round++)
        {
            await RoundAsync(round % 2 == 0 ? sides : sides.Reverse(), (side, sample) => alternation._samples[side].Add(sample), cancellationToken);
        }

        return alternation;
    }

    /// <summary>Prints the median rate of a side.</summary>
    internal void PrintRate(string name, Side side) => Report.Value(name, Median(_samples[side].Select(sample => sample.PerSecond)));

    /// <summary>Prints how much faster <paramref name="above"/> is than <paramref name="below"/>, pair by pair, and how much less CPU time it takes.</summary>
    internal void PrintRatio(string name, Side above, Side below)
    {
        Print(name, _samples[above].Zip(_samples[below], (a, b) => a.PerSecond / b.PerSecond));
        Print(name.Replace("_ratio", "_cpu_ratio", StringComparison.Ordinal), _samples[above].Zip(_samples[below], (a, b) => b.CpuMicroseconds / a.CpuMicroseconds));
    }

    /// <summary>Prints the median CPU time of an operation, here and in the server.</summary>
    internal void PrintCpu(string name, Side side)
    {
        Report.Value($"{name}_client_cpu_us", Median(_samples[side].Select(sample => sample.Client.TotalMicroseconds / sample.Operations)));
        Report.Value($"{name}_server_cpu_us", Median(_samples[side].Select(sample => sample.Server.TotalMicroseconds / sample.Operations)));
    }

    private static async Task RoundAsync(IEnumerable<Side> sides, Action<Side, Sample> take, CancellationToken cancellationToken)
    {
        foreach (var side in sides)
        {
            cancellationToken.ThrowIfCancellationRequested();
            take(side, await side.MeasureAsync());
        }
    }

    private static void Print(string name, IEnumerable<double> pairs)
    {
        var values = pairs.ToList();
        Report.Ratio(name, Median(values), values.Min(), values.Max());
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
