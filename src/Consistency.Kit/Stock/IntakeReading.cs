namespace Consistency.Kit.Stock;

/// <summary>How an intake rule stands.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="State">What it lets through.</param>
/// <param name="Value">What it measured last; null before the first look.</param>
/// <param name="Since">Since when it lets that through.</param>
public sealed record IntakeReading(string Rule, IntakeState State, double? Value, DateTimeOffset Since);
