namespace Consistency.Kit.Testing.Payments;

/// <summary>Money that a simulated customer has paid.</summary>
/// <param name="TransactionId">The provider's number.</param>
/// <param name="OrderNumber">The order.</param>
/// <param name="Amount">How much, in the smallest unit.</param>
/// <param name="Currency">The currency.</param>
public sealed record SimulatedPayment(string TransactionId, string OrderNumber, long Amount, string Currency);
