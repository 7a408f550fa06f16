namespace Consistency.Kit.Work;

/// <summary>The right of one instance to drive one piece of work. Every write it makes carries the epoch, so that a stale instance changes nothing.</summary>
/// <param name="Id">The work.</param>
/// <param name="Epoch">Raised by whoever takes the work or interferes with it.</param>
public readonly record struct WorkLease(Guid Id, long Epoch);
