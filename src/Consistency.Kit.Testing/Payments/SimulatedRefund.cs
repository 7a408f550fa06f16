namespace Consistency.Kit.Testing.Payments;

/// <summary>Money that a simulated provider has paid back.</summary>
/// <param name="Number">The merchant's number of the refund; the provider pays each number once.</param>
/// <param name="TransactionId">The payment.</param>
/// <param name="Amount">How much.</param>
public sealed record SimulatedRefund(string Number, string TransactionId, long Amount);
