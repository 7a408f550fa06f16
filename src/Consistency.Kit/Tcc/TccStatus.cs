namespace Consistency.Kit.Tcc;

/// <summary>Where a TCC stands.</summary>
public enum TccStatus
{
    /// <summary>Nothing is decided: its caller tries branches, or has died and it will be cancelled.</summary>
    Trying,

    /// <summary>It is decided that every branch is confirmed, and some have not answered yet.</summary>
    Confirming,

    /// <summary>Every branch is confirmed.</summary>
    Confirmed,

    /// <summary>It is decided that every branch is cancelled, and some have not answered yet.</summary>
    Cancelling,

    /// <summary>Every branch is cancelled: nothing is left of it.</summary>
    Cancelled,

    /// <summary>Branches did not answer for too long: an operator has to look. What was decided stands.</summary>
    Parked,

    /// <summary>An operator ended it by other means.</summary>
    Resolved,
}
