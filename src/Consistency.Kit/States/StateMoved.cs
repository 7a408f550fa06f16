namespace Consistency.Kit.States;

/// <summary>A move that is about to be committed; what an event is made from.</summary>
/// <typeparam name="TState">The canonical states.</typeparam>
/// <param name="Id">The thing, by its key as text.</param>
/// <param name="From">Where it stood.</param>
/// <param name="To">Where it goes.</param>
/// <param name="Number">The move's number, from 1, without gaps.</param>
/// <param name="Cause">Why.</param>
public sealed record StateMoved<TState>(string Id, TState From, TState To, int Number, StateCause Cause)
    where TState : struct, Enum;
