namespace Consistency.Kit.Payments;

/// <summary>How a statement and the ledger differ.</summary>
public enum PaymentDriftKind
{
    /// <summary>A payment is stated, and the ledger does not have it.</summary>
    MissingHere,

    /// <summary>The ledger has a payment that no statement had in time.</summary>
    MissingThere,

    /// <summary>They have another amount.</summary>
    AmountDiffers,

    /// <summary>They have another currency.</summary>
    CurrencyDiffers,

    /// <summary>They have another order, or a refund of another payment.</summary>
    OrderDiffers,

    /// <summary>A refund is stated, and the ledger does not have it: somebody made it elsewhere.</summary>
    RefundMissingHere,

    /// <summary>The ledger has a refund as made that no statement had in time.</summary>
    RefundMissingThere,

    /// <summary>A refund is stated as made, and the ledger does not know that.</summary>
    RefundOpenHere,

    /// <summary>A line is stated twice, in one statement or in those of two days.</summary>
    Duplicate,
}
