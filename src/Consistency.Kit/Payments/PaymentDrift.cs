namespace Consistency.Kit.Payments;

/// <summary>Something of which a statement says something else than the ledger.</summary>
/// <param name="Kind">How they differ.</param>
/// <param name="OrderNumber">The order; empty when the statement names none.</param>
/// <param name="Number">The provider's number of the payment, or the merchant's number of the refund.</param>
/// <param name="Stated">The line; null when there is none.</param>
/// <param name="Detail">What the ledger has, and what the provider said when it was asked.</param>
/// <param name="IsRepaired">Whether the ledger was brought to what the provider said when it was asked.</param>
public sealed record PaymentDrift(PaymentDriftKind Kind, string OrderNumber, string Number, PaymentStatementLine? Stated, string Detail, bool IsRepaired);
