namespace Consistency.Kit.Testing.Payments.Internal;

/// <summary>Money that the merchant takes from a customer who agreed to it.</summary>
/// <param name="Key">Names the charge for good; the provider makes each once.</param>
/// <param name="OrderNumber">The order.</param>
/// <param name="Amount">How much, in the smallest unit.</param>
/// <param name="Currency">The currency.</param>
internal sealed record SimulatedCharge(string Key, string OrderNumber, long Amount, string Currency);
