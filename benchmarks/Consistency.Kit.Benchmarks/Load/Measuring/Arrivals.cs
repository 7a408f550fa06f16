using System.Diagnostics;

namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>When each numbered message was saved, and when its handler began.</summary>
internal sealed class Arrivals(int capacity)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly long[] _saved = new long[capacity];
    private readonly long[] _begun = new long[capacity];

    internal void Saved(int number) => Volatile.Write(ref _saved[number], Stopwatch.GetTimestamp());

    internal void Begun(int number) => Interlocked.CompareExchange(ref _begun[number], Stopwatch.GetTimestamp(), 0);

    /// <summary>The milliseconds from the save's return to the handler's first line, sorted; a handler that was faster than the return counts as zero.</summary>
    internal async Task<Latencies> OfAsync(int first, int count)
    {
        var started = Stopwatch.GetTimestamp();
        while (Enumerable.Range(first, count).Any(number => Volatile.Read(ref _begun[number]) == 0))
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
            {
                throw new InvalidOperationException("Messages were not handled within a minute.");
            }

            await Task.Delay(50);
        }

        return new Latencies([.. Enumerable.Range(first, count)
            .Select(number => Math.Max(0, Stopwatch.GetElapsedTime(_saved[number], _begun[number]).TotalMilliseconds))
            .Order()]);
    }
}
