namespace Consistency.Kit.Payments;

/// <summary>Where the payment of an order stands. The names are stored.</summary>
public enum PaymentState
{
    /// <summary>Somebody may pay.</summary>
    Awaiting,

    /// <summary>Paid. Final.</summary>
    Paid,

    /// <summary>The time is up: the provider is being asked to close the order, and somebody may still have paid.</summary>
    Closing,

    /// <summary>Closed at the provider, unpaid. Final: what comes later is refunded.</summary>
    Closed,
}
