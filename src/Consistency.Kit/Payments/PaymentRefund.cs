namespace Consistency.Kit.Payments;

/// <summary>A refund, with a number that was fixed before it was first asked for.</summary>
/// <param name="Number">Names the refund for good.</param>
/// <param name="OrderNumber">The merchant's number of the order.</param>
/// <param name="TransactionId">The provider's number of the payment.</param>
/// <param name="Amount">How much, in the currency's smallest unit.</param>
/// <param name="Total">How much the payment was.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Reason">Why.</param>
public sealed record PaymentRefund(string Number, string OrderNumber, string TransactionId, long Amount, long Total, string Currency, string Reason);
