namespace Consistency.Kit.Work;

/// <summary>Where a piece of work stands. The numbers are stored.</summary>
public enum WorkStatus
{
    /// <summary>It waits for its time, or runs.</summary>
    Active = 0,

    /// <summary>It came to its end.</summary>
    Done = 1,

    /// <summary>It was given up and waits for an operator; <see cref="IWorkOperations"/> has the verbs.</summary>
    Parked = 2,

    /// <summary>The business said no. Not an error, and not tried again.</summary>
    Refused = 3,

    /// <summary>Somebody cancelled it before it ended.</summary>
    Cancelled = 4,

    /// <summary>An operator decided to do without it.</summary>
    Skipped = 5,

    /// <summary>An operator saw to it by other means.</summary>
    Resolved = 6,

    /// <summary>A saga undid everything it had done, or a TCC cancelled every branch.</summary>
    Compensated = 7,
}
