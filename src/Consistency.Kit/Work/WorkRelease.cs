namespace Consistency.Kit.Work;

/// <summary>Gives a claim back that came to nothing.</summary>
/// <param name="Lease">The claim.</param>
/// <param name="DueIn">When the work is due, from now; zero or less for at once.</param>
public readonly record struct WorkRelease(WorkLease Lease, TimeSpan DueIn);
