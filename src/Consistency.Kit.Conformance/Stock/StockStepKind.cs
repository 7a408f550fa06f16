namespace Consistency.Kit.Conformance.Stock;

/// <summary>The calls of a store of stock.</summary>
public enum StockStepKind
{
    /// <summary>Reserves a cart.</summary>
    Reserve,

    /// <summary>Confirms an order.</summary>
    Confirm,

    /// <summary>Releases an order.</summary>
    Release,

    /// <summary>Applies a fact of the ledger.</summary>
    Fact,

    /// <summary>Applies a fact of the ledger that an order was released.</summary>
    Return,

    /// <summary>Expires all that is reserved.</summary>
    Expire,

    /// <summary>Sets what is on sale.</summary>
    Set,

    /// <summary>Adds to what is on sale.</summary>
    Add,

    /// <summary>Closes the sale.</summary>
    Close,

    /// <summary>Opens the sale.</summary>
    Open,
}
