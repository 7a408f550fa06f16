using System.Diagnostics;

namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>Measures the time and the CPU time of a piece of work.</summary>
internal sealed class Meter(ServerCpu server)
{
    internal async Task<Sample> MeasureAsync(Func<Task<long>> work)
    {
        // What the other side left behind is not this side's work.
        GC.Collect();
        var (client, serverCpu) = (Environment.CpuUsage.TotalTime, server.Total());
        var started = Stopwatch.GetTimestamp();
        var operations = await work();
        var elapsed = Stopwatch.GetElapsedTime(started);
        return new Sample(operations, elapsed, Environment.CpuUsage.TotalTime - client, server.Total() - serverCpu);
    }

    /// <summary>Has this many workers do this many operations, each worker one after another.</summary>
    internal Task<Sample> MeasureAsync(int workers, int operations, Func<int, Task> operation) => MeasureAsync(async () =>
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < operations; i = Interlocked.Increment(ref next))
            {
                await operation(i);
            }
        })));
        return operations;
    });
}
