namespace Consistency.Kit.Conformance.States;

/// <summary>Where a probe stands.</summary>
public enum ProbeState
{
    Open,
    Paid,
    Closing,
    Closed,
    Shipped,
    Disputed,
}
