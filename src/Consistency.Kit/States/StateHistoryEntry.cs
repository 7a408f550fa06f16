namespace Consistency.Kit.States;

/// <summary>One move that was made. The states are names, so that a history outlives the enumeration.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="From">Where it began.</param>
/// <param name="To">Where it ended.</param>
/// <param name="Cause">Why.</param>
/// <param name="At">When, by the store's clock.</param>
/// <param name="Chain">The trace id of the chain that made it.</param>
public sealed record StateHistoryEntry(int Number, string From, string To, StateCause Cause, DateTimeOffset At, string? Chain);
