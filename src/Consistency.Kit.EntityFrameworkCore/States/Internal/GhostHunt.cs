using System.Runtime.CompilerServices;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.States.Internal;

/// <summary>Compares states with their histories, and with what another system says.</summary>
internal static class GhostHunt
{
    private const int ChunkSize = 500;

    internal static async IAsyncEnumerable<StateGhost> RunAsync<TEntity, TState>(EntityStates<TEntity, TState> states, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEntity : class
        where TState : struct, Enum
    {
        var contexts = states.Runtime.Shared.Contexts;
        await foreach (var chunk in ChunksAsync(states.StreamAsync(), cancellationToken).ConfigureAwait(false))
        {
            var ids = chunk.Select(pair => states.Text(pair.Key)).ToArray();
            var histories = await contexts.WithAsync(
                async (context, token) => (await context.Set<StateMoveRow>().AsNoTracking()
                    .Where(row => row.Map == states.Map.Name && ids.Contains(row.ThingId)).OrderBy(row => row.Number).ToListAsync(token).ConfigureAwait(false)).ToLookup(row => row.ThingId),
                cancellationToken).ConfigureAwait(false);
            foreach (var ((key, state), id) in chunk.Zip(ids))
            {
                if (Judge(states.Map, id, state, [.. histories[id]]) is null)
                {
                    continue;
                }

                // It may have moved between the two looks; look again, both at once.
                var sure = await contexts.WithAsync(
                    async (context, token) =>
                    {
                        var mine = new EntityStates<TEntity, TState>(context.Set<TEntity>());
                        var moves = await StateRows.Moves(context, states.Map.Name, id).OrderBy(row => row.Number).ToListAsync(token).ConfigureAwait(false);
                        var again = await StateRows.Moves(context, states.Map.Name, id).CountAsync(token).ConfigureAwait(false);
                        var now = await mine.ReadAsync(key, token).ConfigureAwait(false);
                        var after = await StateRows.Moves(context, states.Map.Name, id).CountAsync(token).ConfigureAwait(false);
                        return now is { } current && again == moves.Count && after == again ? Judge(states.Map, id, current, moves) : null;
                    },
                    cancellationToken).ConfigureAwait(false);
                if (sure is not null)
                {
                    yield return sure;
                }
            }
        }
    }

    internal static async IAsyncEnumerable<StateGhost> CompareAsync<TEntity, TState>(
        EntityStates<TEntity, TState> states,
        string system,
        IAsyncEnumerable<KeyValuePair<string, string>> words,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEntity : class
        where TState : struct, Enum
    {
        await foreach (var (id, word) in words.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            switch (states.Map.Translate(system, word))
            {
                case StateWord<TState>.Unknown:
                    yield return new StateGhost(id, StateGhostKind.UnknownWord, $"{system} says '{word}'");
                    break;
                case StateWord<TState>.Known known when states.Parse(id) is not { } key:
                    yield return new StateGhost(id, StateGhostKind.Missing, $"{system} says {known.State}");
                    break;
                case StateWord<TState>.Known known:
                    var here = await states.ReadAsync(states.Parse(id)!, cancellationToken).ConfigureAwait(false);
                    if (here is null)
                    {
                        yield return new StateGhost(id, StateGhostKind.Missing, $"{system} says {known.State}");
                    }
                    else if (!here.Value.Equals(known.State))
                    {
                        yield return new StateGhost(id, StateGhostKind.Disagrees, $"{here} here, and {system} says {known.State}");
                    }

                    break;
            }
        }
    }

    private static StateGhost? Judge<TState>(StateMap<TState> map, string id, TState state, List<StateMoveRow> moves)
        where TState : struct, Enum
    {
        if (moves.Count == 0)
        {
            return map.Starts.Contains(state) ? null : new StateGhost(id, StateGhostKind.WithoutHistory, $"{state}, and no move led there");
        }

        for (var i = 0; i < moves.Count; i++)
        {
            var (move, number) = (moves[i], i + 1);
            var follows = i == 0 ? map.Starts.Any(start => start.ToString() == move.From) : moves[i - 1].To == move.From;
            if (move.Number != number || !follows
                || !Enum.TryParse<TState>(move.From, out var from) || !Enum.TryParse<TState>(move.To, out var to)
                || map.Judge(from, to, move.Cause) != StateVerdict.Legal)
            {
                return new StateGhost(id, StateGhostKind.BrokenHistory, $"move {move.Number}: {move.From} → {move.To} by {move.Cause}");
            }
        }

        return moves[^1].To == state.ToString() ? null : new StateGhost(id, StateGhostKind.NotWhereItWent, $"{state}, and the last move led to {moves[^1].To}");
    }

    private static async IAsyncEnumerable<List<KeyValuePair<object, TState>>> ChunksAsync<TState>(IAsyncEnumerable<KeyValuePair<object, TState>> all, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var chunk = new List<KeyValuePair<object, TState>>(ChunkSize);
        await foreach (var one in all.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            chunk.Add(one);
            if (chunk.Count == ChunkSize)
            {
                yield return chunk;
                chunk = new List<KeyValuePair<object, TState>>(ChunkSize);
            }
        }

        if (chunk.Count > 0)
        {
            yield return chunk;
        }
    }
}
