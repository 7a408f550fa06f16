namespace Consistency.Kit.Messaging;

/// <summary>What a store can tell about transactions that have taken positions and not ended.</summary>
public enum WriterVisibility
{
    /// <summary>Nothing: each read starts at the lowest row, and one relay works at a time.</summary>
    None,

    /// <summary>There is one writer at a time, so rows become visible in position order.</summary>
    InOrder,

    /// <summary>The writers can be listed.</summary>
    Listed,
}
