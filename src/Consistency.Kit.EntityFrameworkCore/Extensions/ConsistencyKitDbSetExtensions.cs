using Consistency.Kit.EntityFrameworkCore.States.Internal;
using Consistency.Kit.States;

namespace Microsoft.EntityFrameworkCore;

/// <summary>Lets entities change their state by their map only. The map is registered with <c>kit.AddStates</c>.</summary>
public static class ConsistencyKitDbSetExtensions
{
    extension<TEntity>(DbSet<TEntity> entities)
        where TEntity : class
    {
        /// <summary>Moves an entity to a state, if its map allows it from where it stands now.</summary>
        /// <param name="id">The entity's primary key.</param>
        /// <param name="to">Where it is to go.</param>
        /// <param name="cause">Why. The same cause with an id never makes the same move twice.</param>
        /// <param name="cancellationToken">Cancels the call; never the commit.</param>
        /// <returns>What became of it. Only <see cref="StateMove{TState}.Moved"/> has changed anything.</returns>
        /// <remarks>
        /// A conditional update, one row of history and the published message are one transaction, and with them everything else that this
        /// context has not saved yet; when the entity does not move, that stays unsaved. In a transaction that is open already the move joins
        /// it, and counts when its owner commits. A tracked entity is brought up to date; after a rollback of the caller's, load it again.
        /// </remarks>
        /// <exception cref="InvalidOperationException">The states are not registered, or a tracked entity is new, to be deleted, or had its state changed by hand.</exception>
        /// <exception cref="DbUpdateConcurrencyException">Others move the entity to and fro without end. It may be tried again.</exception>
        public Task<StateMove<TState>> TransitionAsync<TState>(object id, TState to, StateCause cause, CancellationToken cancellationToken = default)
            where TState : struct, Enum
        {
            ArgumentNullException.ThrowIfNull(cause);
            return new StateMover<TEntity, TState>(new EntityStates<TEntity, TState>(entities), id, cause).MoveAsync(to, cancellationToken);
        }

        /// <summary>As <c>TransitionAsync</c>, to where another system's word says. A word that the map's vocabulary does not have is recorded, and moves nothing.</summary>
        /// <param name="map">The map that the entity is registered with.</param>
        /// <param name="id">The entity's primary key.</param>
        /// <param name="system">Whose word it is.</param>
        /// <param name="word">The word, as it was received.</param>
        /// <param name="cause">Why.</param>
        /// <param name="cancellationToken">Cancels the call; never the commit.</param>
        /// <exception cref="InvalidOperationException">The map has no vocabulary of the system, or as for <c>TransitionAsync</c>.</exception>
        public Task<StateMove<TState>> TransitionByWordAsync<TState>(StateMap<TState> map, object id, string system, string word, StateCause cause, CancellationToken cancellationToken = default)
            where TState : struct, Enum
        {
            ArgumentNullException.ThrowIfNull(word);
            ArgumentNullException.ThrowIfNull(cause);
            return new StateMover<TEntity, TState>(new EntityStates<TEntity, TState>(entities, map), id, cause).MoveAsync(system, word, cancellationToken);
        }

        /// <summary>The moves that an entity has made, oldest first.</summary>
        /// <param name="map">The map that the entity is registered with.</param>
        /// <param name="id">The entity's primary key.</param>
        /// <param name="cancellationToken">Cancels the call.</param>
        public async Task<IReadOnlyList<StateHistoryEntry>> StateHistoryAsync<TState>(StateMap<TState> map, object id, CancellationToken cancellationToken = default)
            where TState : struct, Enum
        {
            var states = new EntityStates<TEntity, TState>(entities, map);
            var rows = await StateRows.Moves(states.Context, states.Map.Name, states.Text(id)).OrderBy(row => row.Number).ToListAsync(cancellationToken).ConfigureAwait(false);
            return [.. rows.Select(StateRows.Entry)];
        }

        /// <summary>Finds entities whose state cannot be explained by their history: changed past <c>TransitionAsync</c>, or restored from elsewhere.</summary>
        /// <param name="map">The map that the entity is registered with.</param>
        /// <param name="cancellationToken">Cancels the call.</param>
        /// <remarks>Reads every entity once, as a stream, and looks at each suspect a second time, so that what moves meanwhile is no ghost. Looks at committed data.</remarks>
        public IAsyncEnumerable<StateGhost> FindStateGhostsAsync<TState>(StateMap<TState> map, CancellationToken cancellationToken = default)
            where TState : struct, Enum => GhostHunt.RunAsync(new EntityStates<TEntity, TState>(entities, map), cancellationToken);

        /// <summary>Finds entities of which another system says something else. What it says is translated by the map's vocabulary; words without news agree with everything.</summary>
        /// <param name="map">The map that the entity is registered with.</param>
        /// <param name="system">The other system.</param>
        /// <param name="words">What it says, by the entity's key as text.</param>
        /// <param name="cancellationToken">Cancels the call.</param>
        public IAsyncEnumerable<StateGhost> CompareStatesAsync<TState>(StateMap<TState> map, string system, IAsyncEnumerable<KeyValuePair<string, string>> words, CancellationToken cancellationToken = default)
            where TState : struct, Enum
        {
            ArgumentNullException.ThrowIfNull(words);
            return GhostHunt.CompareAsync(new EntityStates<TEntity, TState>(entities, map), system, words, cancellationToken);
        }
    }
}
