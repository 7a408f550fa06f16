namespace Consistency.Kit.States;

/// <summary>Describes which states there are and who may go where.</summary>
public static class StateMap
{
    /// <summary>Describes the states of one kind of thing.</summary>
    /// <param name="name">A stable name such as <c>order</c>, kept with every move. At most 100 characters.</param>
    /// <param name="describe">Names the first states, the moves, and the words of other systems.</param>
    /// <typeparam name="TState">The canonical states. Their names are stored: renaming one needs a migration of the history.</typeparam>
    /// <exception cref="InvalidOperationException">The description has no first state, or states that nothing leads to.</exception>
    public static StateMap<TState> Define<TState>(string name, Action<StateMapBuilder<TState>> describe)
        where TState : struct, Enum
    {
        ArgumentNullException.ThrowIfNull(describe);
        var builder = new StateMapBuilder<TState>(name);
        describe(builder);
        return builder.Build();
    }
}
