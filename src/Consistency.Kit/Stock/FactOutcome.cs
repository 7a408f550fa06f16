namespace Consistency.Kit.Stock;

/// <summary>What a fact of the ledger changed.</summary>
public enum FactOutcome
{
    /// <summary>What was reserved is sold.</summary>
    Confirmed = 1,

    /// <summary>There was no reservation any more: what is available was reduced, perhaps below zero, and is sold.</summary>
    Taken = 2,

    /// <summary>It was applied before; nothing changed.</summary>
    Repeated = 3,

    /// <summary>The store is not there to be told: the sale is unknown to it, or it is being rebuilt. Tell it again.</summary>
    Unavailable = 4,

    /// <summary>What the order held or had bought is available again; of an order that the store does not know a mark is left.</summary>
    Released = 5,
}
