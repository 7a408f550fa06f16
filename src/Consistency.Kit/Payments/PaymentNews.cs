namespace Consistency.Kit.Payments;

/// <summary>What a provider says of the payment of an order, asked or unasked. Believed only because it was verified.</summary>
public abstract record PaymentNews
{
    private PaymentNews()
    {
    }

    /// <summary>Money has come.</summary>
    /// <param name="OrderNumber">The merchant's number of the order.</param>
    /// <param name="TransactionId">The provider's number of the payment; an order that is paid twice has two.</param>
    /// <param name="Merchant">Who was paid.</param>
    /// <param name="Amount">How much, in the currency's smallest unit.</param>
    /// <param name="Currency">The currency, as in ISO 4217.</param>
    public sealed record Paid(string OrderNumber, string TransactionId, string Merchant, long Amount, string Currency) : PaymentNews;

    /// <summary>Nobody has paid yet, and somebody still may.</summary>
    public sealed record Pending : PaymentNews;

    /// <summary>The order is closed at the provider, or unknown there: nobody has paid.</summary>
    public sealed record Closed : PaymentNews;

    /// <summary>It is about something else, such as a refund.</summary>
    public sealed record Other : PaymentNews;
}
