namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>What one run of one side took.</summary>
/// <param name="Operations">How many operations were done.</param>
/// <param name="Elapsed">How long they took.</param>
/// <param name="Client">The CPU time of this process.</param>
/// <param name="Server">The CPU time of the server, where it can be seen.</param>
internal readonly record struct Sample(long Operations, TimeSpan Elapsed, TimeSpan Client, TimeSpan Server)
{
    internal double PerSecond => Operations / Elapsed.TotalSeconds;

    internal double CpuMicroseconds => (Client + Server).TotalMicroseconds / Operations;
}
