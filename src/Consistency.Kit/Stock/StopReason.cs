namespace Consistency.Kit.Stock;

/// <summary>Why nothing is sold.</summary>
public enum StopReason
{
    /// <summary>The sale was not opened, or its store has forgotten it.</summary>
    NotOpen = 1,

    /// <summary>The sale was closed.</summary>
    Closed = 2,

    /// <summary>The store has lost or may have lost data, and is rebuilt from the ledger.</summary>
    Rebuilding = 3,

    /// <summary>An intake rule refuses, so that what was taken in can be worked off. The store was not asked: ask again with the same order.</summary>
    Overloaded = 4,
}
