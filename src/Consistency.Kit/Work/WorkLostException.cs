namespace Consistency.Kit.Work;

/// <summary>The instance was silent longer than its lease, or an operator interfered: what it was about to write is not written.</summary>
public sealed class WorkLostException : ConsistencyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="lease">The claim.</param>
    /// <param name="innerException">How it was noticed, when by an exception.</param>
    public WorkLostException(WorkLease lease, Exception? innerException = null)
        : base($"The claim on work {lease.Id} (epoch {lease.Epoch}) is lost: another instance took it over after its lease, or an operator decided about it. Nothing of this write was kept.", innerException) => Lease = lease;

    /// <summary>The claim.</summary>
    public WorkLease Lease { get; }

    /// <summary>True: whoever has the work now goes on with it.</summary>
    public override bool IsTransient => true;
}
