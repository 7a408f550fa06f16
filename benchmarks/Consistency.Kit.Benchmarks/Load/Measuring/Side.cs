namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>One of the things that are compared.</summary>
/// <param name="Name">How it is called in what is printed.</param>
/// <param name="MeasureAsync">Brings the tables to their starting state, then does the work and measures it.</param>
internal sealed record Side(string Name, Func<Task<Sample>> MeasureAsync);
