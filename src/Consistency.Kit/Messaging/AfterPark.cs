namespace Consistency.Kit.Messaging;

/// <summary>What happens to the later messages of a key when one of its messages is parked.</summary>
public enum AfterPark
{
    /// <summary>They wait until an operator requeues or discards the parked one. Order is kept.</summary>
    HoldKey,

    /// <summary>They go on without it. A requeued message then comes after messages that were published later.</summary>
    Continue,
}
