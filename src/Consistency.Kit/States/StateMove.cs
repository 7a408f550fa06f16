namespace Consistency.Kit.States;

/// <summary>What became of a move.</summary>
/// <typeparam name="TState">The canonical states.</typeparam>
public abstract record StateMove<TState>
    where TState : struct, Enum
{
    private StateMove()
    {
    }

    /// <summary>It was made now: state, history and event are one commit.</summary>
    /// <param name="From">Where the thing stood.</param>
    /// <param name="To">Where it stands.</param>
    /// <param name="Number">The move's number, from 1.</param>
    public sealed record Moved(TState From, TState To, int Number) : StateMove<TState>;

    /// <summary>Nothing was done: the thing stands there, has been there and went on, or this very cause has moved it there before.</summary>
    /// <param name="Current">Where it stands.</param>
    public sealed record Repeated(TState Current) : StateMove<TState>;

    /// <summary>Nothing was done, and that is recorded: the map does not allow it.</summary>
    /// <param name="Current">Where the thing stands.</param>
    /// <param name="Verdict">Why.</param>
    public sealed record Illegal(TState Current, StateVerdict Verdict) : StateMove<TState>;

    /// <summary>Nothing was done, and the word is in quarantine: no vocabulary has it.</summary>
    /// <param name="System">Whose word it is.</param>
    /// <param name="Word">The word.</param>
    public sealed record UnknownWord(string System, string Word) : StateMove<TState>;

    /// <summary>The word says that there is nothing new.</summary>
    public sealed record NoNews : StateMove<TState>;

    /// <summary>There is no such thing.</summary>
    public sealed record NotFound : StateMove<TState>;
}
