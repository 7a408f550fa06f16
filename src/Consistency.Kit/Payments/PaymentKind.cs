namespace Consistency.Kit.Payments;

/// <summary>What a payment is to its order. The numbers are stored.</summary>
public enum PaymentKind
{
    /// <summary>It has paid the order.</summary>
    Settling = 0,

    /// <summary>The order was paid already: refunded once.</summary>
    Surplus = 1,

    /// <summary>The order was closed: refunded once.</summary>
    Late = 2,
}
