namespace Consistency.Kit.States;

/// <summary>A state that cannot be explained.</summary>
/// <param name="Id">The thing, by its key as text.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Detail">The two sides that contradict, for a person.</param>
public sealed record StateGhost(string Id, StateGhostKind Kind, string Detail);
