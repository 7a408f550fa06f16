namespace Consistency.Kit.States;

/// <summary>What a word of another system means.</summary>
/// <typeparam name="TState">The canonical states.</typeparam>
public abstract record StateWord<TState>
    where TState : struct, Enum
{
    private StateWord()
    {
    }

    /// <summary>It names a state.</summary>
    /// <param name="State">The canonical one.</param>
    public sealed record Known(TState State) : StateWord<TState>;

    /// <summary>It is known and tells nothing new: the other system is still at work.</summary>
    public sealed record NoNews : StateWord<TState>;

    /// <summary>Nobody has said what it means: a person has to.</summary>
    public sealed record Unknown : StateWord<TState>;
}
