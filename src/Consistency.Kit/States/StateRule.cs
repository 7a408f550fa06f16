namespace Consistency.Kit.States;

/// <summary>One legal move.</summary>
/// <param name="From">Where it begins.</param>
/// <param name="To">Where it ends.</param>
/// <param name="Causes">The kinds of causes that may make it; empty for any.</param>
public sealed record StateRule<TState>(TState From, TState To, IReadOnlyList<string> Causes)
    where TState : struct, Enum;
