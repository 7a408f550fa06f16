namespace Consistency.Kit.Payments;

/// <summary>What became of a request for a refund.</summary>
public enum RefundRequested
{
    /// <summary>It will be made.</summary>
    Accepted,

    /// <summary>It was requested before, with the same amount.</summary>
    Repeated,

    /// <summary>The number is taken by a refund of another order or amount.</summary>
    NumberTaken,

    /// <summary>With the other refunds it would be more than was paid.</summary>
    ExceedsPayment,

    /// <summary>The order is not paid.</summary>
    NotPaid,
}
