namespace Consistency.Kit.Work;

/// <summary>What became of a signal.</summary>
public enum WorkSignalled
{
    /// <summary>It is stored.</summary>
    Stored = 0,

    /// <summary>The work had a signal of this name, which stays.</summary>
    AlreadyThere = 1,

    /// <summary>There is no such work.</summary>
    NotFound = 2,

    /// <summary>The work has ended; nothing was stored.</summary>
    Ended = 3,
}
