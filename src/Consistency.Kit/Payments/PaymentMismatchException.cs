namespace Consistency.Kit.Payments;

/// <summary>A provider says of an order what contradicts what it expects. Nothing has moved, and an operator decides.</summary>
public sealed class PaymentMismatchException : ConsistencyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="orderNumber">The order.</param>
    /// <param name="reason">What contradicts.</param>
    public PaymentMismatchException(string orderNumber, string reason)
        : base($"The payment of order {orderNumber} is in quarantine: {reason}") => OrderNumber = orderNumber;

    /// <summary>The order.</summary>
    public string OrderNumber { get; }

    /// <inheritdoc />
    public override bool IsTransient => false;
}
