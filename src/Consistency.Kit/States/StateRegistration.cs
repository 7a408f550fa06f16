using System.Linq.Expressions;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.States;

/// <summary>The states of one type of entity: its map, where it keeps its state, and the event of a move.</summary>
/// <typeparam name="TEntity">The entity.</typeparam>
/// <typeparam name="TState">The canonical states.</typeparam>
public sealed class StateRegistration<TEntity, TState>
    where TEntity : class
    where TState : struct, Enum
{
    private Action<IOutbox, StateMoved<TState>>? _publish;

    internal StateRegistration(StateMap<TState> map, Expression<Func<TEntity, TState>> state)
    {
        Map = map;
        State = state;
        Property = state.Body is MemberExpression { Expression: ParameterExpression } member
            ? member.Member.Name
            : throw new ArgumentException($"The state of {typeof(TEntity).Name} has to be a property of it: {typeof(TEntity).Name.ToLowerInvariant()} => {typeof(TEntity).Name.ToLowerInvariant()}.State.", nameof(state));
    }

    /// <summary>The legal moves.</summary>
    public StateMap<TState> Map { get; }

    /// <summary>Reads the state.</summary>
    public Expression<Func<TEntity, TState>> State { get; }

    /// <summary>The name of the state's property.</summary>
    public string Property { get; }

    /// <summary>Publishes a message with every move, in its transaction.</summary>
    /// <param name="message">Makes the message; null for moves that nobody needs to hear of.</param>
    /// <param name="key">Makes the message's key. Default: the entity's key as text, so that its moves keep their order.</param>
    /// <typeparam name="TMessage">Registered with <c>kit.AddMessage</c>.</typeparam>
    public StateRegistration<TEntity, TState> Publish<TMessage>(Func<StateMoved<TState>, TMessage?> message, Func<StateMoved<TState>, string>? key = null)
        where TMessage : class
    {
        ArgumentNullException.ThrowIfNull(message);
        _publish += (outbox, move) =>
        {
            if (message(move) is { } made)
            {
                outbox.Publish(made, key?.Invoke(move) ?? move.Id);
            }
        };
        return this;
    }

    /// <summary>Publishes what a move is to be told by. Called by stores, before the move is saved.</summary>
    /// <param name="outbox">The outbox that takes part in the move's transaction.</param>
    /// <param name="move">The move.</param>
    public void PublishTo(IOutbox outbox, StateMoved<TState> move)
    {
        ArgumentNullException.ThrowIfNull(outbox);
        ArgumentNullException.ThrowIfNull(move);
        _publish?.Invoke(outbox, move);
    }
}
