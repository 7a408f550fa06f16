namespace Consistency.Kit.Payments;

/// <summary>A line of a provider's statement. Believed of nothing but that there is something to ask about.</summary>
public abstract record PaymentStatementLine
{
    private PaymentStatementLine()
    {
    }

    /// <summary>Money has come.</summary>
    /// <param name="OrderNumber">The merchant's number of the order.</param>
    /// <param name="TransactionId">The provider's number of the payment.</param>
    /// <param name="Amount">How much, in the currency's smallest unit.</param>
    /// <param name="Currency">The currency, as in ISO 4217.</param>
    /// <param name="At">When, by the provider.</param>
    public sealed record Payment(string OrderNumber, string TransactionId, long Amount, string Currency, DateTimeOffset At) : PaymentStatementLine;

    /// <summary>Money goes back.</summary>
    /// <param name="OrderNumber">The merchant's number of the order.</param>
    /// <param name="TransactionId">The provider's number of the payment.</param>
    /// <param name="Number">The merchant's number of the refund; empty when the provider has none, as for what was refunded by hand.</param>
    /// <param name="Amount">How much, in the currency's smallest unit; positive.</param>
    /// <param name="Currency">The currency.</param>
    /// <param name="At">When, by the provider.</param>
    /// <param name="IsDone">Whether it is made, or still at work.</param>
    public sealed record Refund(string OrderNumber, string TransactionId, string Number, long Amount, string Currency, DateTimeOffset At, bool IsDone) : PaymentStatementLine;
}
