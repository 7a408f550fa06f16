using Consistency.Kit.States.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.States;

/// <summary>The states that were registered with <c>kit.AddStates</c>.</summary>
public sealed class StateCatalog
{
    private readonly Dictionary<Type, object> _registrations;
    private readonly ILogger _logger;

    internal StateCatalog(IReadOnlyDictionary<Type, object> registrations, ILogger logger)
    {
        _registrations = new Dictionary<Type, object>(registrations);
        _logger = logger;
    }

    /// <summary>The states of a type of entity.</summary>
    /// <exception cref="InvalidOperationException">They are not registered, or registered with other states.</exception>
    public StateRegistration<TEntity, TState> Of<TEntity, TState>()
        where TEntity : class
        where TState : struct, Enum =>
        !_registrations.TryGetValue(typeof(TEntity), out var found)
            ? throw new InvalidOperationException($"The states of {typeof(TEntity).Name} are not registered: add kit.AddStates<{typeof(TEntity).Name}, {typeof(TState).Name}>(map, entity => entity.State).")
            : found as StateRegistration<TEntity, TState>
                ?? throw new InvalidOperationException($"The states of {typeof(TEntity).Name} are registered, and they are not {typeof(TState).Name}.");

    /// <summary>Tells of what became of a move. Called by stores, once it is committed.</summary>
    /// <param name="map">The map's name.</param>
    /// <param name="id">The thing, by its key as text.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="cause">Why it was asked for.</param>
    public void Tell<TState>(string map, string id, StateMove<TState> outcome, StateCause cause)
        where TState : struct, Enum
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(cause);
        StateTelemetry.Count(map, outcome);
        switch (outcome)
        {
            case StateMove<TState>.Illegal illegal:
                StateLog.Illegal(_logger, map, id, illegal.Current.ToString(), illegal.Verdict, cause.Kind);
                break;
            case StateMove<TState>.UnknownWord word:
                StateLog.UnknownWord(_logger, map, id, word.System, word.Word, cause.Kind);
                break;
        }
    }
}
