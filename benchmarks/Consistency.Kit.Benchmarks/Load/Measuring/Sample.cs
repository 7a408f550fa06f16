namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>What one run of one side took.</summary>
/// <param name="Operations">How many operations were done.</param>
/// <param name="Elapsed">How long they took.</param>
/// <param name="Cpu">The CPU time of this process and, where it can be seen, of the server.</param>
internal readonly record struct Sample(long Operations, TimeSpan Elapsed, TimeSpan Cpu)
{
    internal double PerSecond => Operations / Elapsed.TotalSeconds;

    internal double CpuMicroseconds => Cpu.TotalMicroseconds / Operations;
}
