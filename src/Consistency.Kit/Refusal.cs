namespace Consistency.Kit;

/// <summary>The business said no: nothing was done, and trying again will not help.</summary>
/// <param name="Reason">Why, for people. Stored; at most 500 characters are kept.</param>
public sealed record Refusal(string Reason);
