namespace Consistency.Kit.Payments;

/// <summary>What became of news of a payment.</summary>
public abstract record PaymentSettlement
{
    private PaymentSettlement()
    {
    }

    /// <summary>It has paid its order, now.</summary>
    public sealed record Settled : PaymentSettlement;

    /// <summary>It is known.</summary>
    public sealed record Repeated : PaymentSettlement;

    /// <summary>Nobody needs it: a refund is on its way, under a number that is fixed.</summary>
    /// <param name="Kind">Why: surplus or late.</param>
    /// <param name="RefundNumber">The refund's number.</param>
    public sealed record Refunding(PaymentKind Kind, string RefundNumber) : PaymentSettlement;

    /// <summary>It contradicts what the order expects; nothing has moved.</summary>
    /// <param name="Reason">What contradicts.</param>
    public sealed record Mismatch(string Reason) : PaymentSettlement;

    /// <summary>There is no such order here, or not yet.</summary>
    public sealed record UnknownOrder : PaymentSettlement;
}
