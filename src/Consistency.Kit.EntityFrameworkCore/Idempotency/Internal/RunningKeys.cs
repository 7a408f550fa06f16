using System.Collections.Concurrent;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Idempotency;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>The keys whose work is running in this process: their repeats are told at once, without waiting for the database's lock.</summary>
internal sealed class RunningKeys(ContextSource contexts)
{
    private readonly ConcurrentDictionary<IdempotencyKey, bool> _running = new();

    /// <summary>Enters, and stands in line with the other writers where that is asked for; null when the key is running.</summary>
    internal async ValueTask<IDisposable?> EnterAsync(IdempotencyKey key, bool waitForTurn, CancellationToken cancellationToken)
    {
        if (!_running.TryAdd(key, true))
        {
            return null;
        }

        try
        {
            if (waitForTurn)
            {
                await contexts.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            _running.TryRemove(key, out _);
            throw;
        }

        return new Turn(this, key, waitForTurn);
    }

    private sealed class Turn(RunningKeys all, IdempotencyKey key, bool hasTurn) : IDisposable
    {
        public void Dispose()
        {
            all._running.TryRemove(key, out _);
            if (hasTurn)
            {
                all.EndTurn();
            }
        }
    }

    private void EndTurn() => contexts.EndTurn();
}
