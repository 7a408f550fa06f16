using System.Diagnostics;

namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>Starts operations at a steady rate, whether or not earlier ones have ended: a slow answer must not hide the wait of the next.</summary>
internal static class Pacer
{
    internal static async Task RunAsync(int first, int count, TimeSpan interval, Func<int, Task> operation)
    {
        var started = Stopwatch.GetTimestamp();
        var running = new List<Task>(count);
        for (var i = 0; i < count; i++)
        {
            var early = (interval * i) - Stopwatch.GetElapsedTime(started);
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early);
            }

            running.Add(operation(first + i));
        }

        await Task.WhenAll(running);
    }
}
