namespace Consistency.Kit.Remote;

/// <summary>What the coordinator of a distributed transaction asks of a participant on another service.</summary>
public enum RemoteOperation
{
    /// <summary>Of a TCC: reserve.</summary>
    Try,

    /// <summary>Of a TCC: make what was reserved final.</summary>
    Confirm,

    /// <summary>Of a TCC: give back what was reserved.</summary>
    Cancel,

    /// <summary>Of a saga: act.</summary>
    Action,

    /// <summary>Of a saga: take the action back.</summary>
    Compensate,
}
