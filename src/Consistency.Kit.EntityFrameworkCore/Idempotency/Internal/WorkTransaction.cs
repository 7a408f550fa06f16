using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>The transaction of an idempotency key in which one context's work is running, so that the work can be kept from ending it.</summary>
internal sealed class WorkTransaction : IResettableService
{
    private const int MaxSavepoints = 16;

    private Frame? _current;

    internal bool IsActive => _current is not null;

    /// <summary>Whether the store itself is about to end the transaction.</summary>
    internal bool Ending { get; set; }

    /// <param name="key">The key.</param>
    /// <param name="transaction">The transaction.</param>
    /// <param name="own">Whether it is the key's own.</param>
    /// <param name="atSavepoint">Whether it stands at a savepoint of EF's name.</param>
    internal IDisposable Enter(IdempotencyKey key, Guid transaction, bool own, bool atSavepoint)
    {
        Leave();
        var exit = new Exit(this, _current);
        _current = new Frame(_current, key, transaction, own) { IsAtSavepoint = atSavepoint };
        return exit;
    }

    internal bool IsRunning(IdempotencyKey key)
    {
        for (var frame = _current; frame is not null; frame = frame.Outer)
        {
            if (frame.Key.Equals(key))
            {
                return true;
            }
        }

        return false;
    }

    internal bool IsIn(Guid? transaction) => _current?.Transaction == transaction;

    /// <summary>Whether a savepoint may be left to the commit: a few, because each one is a level of nesting to the database.</summary>
    internal bool MayKeepSavepoint(Guid transaction) => _current is { IsOwn: true } frame && frame.Transaction == transaction && ++frame.Savepoints <= MaxSavepoints;

    /// <summary>Tells that the transaction goes on behind the savepoint it stood at.</summary>
    internal void Leave()
    {
        if (_current is { } frame)
        {
            frame.IsAtSavepoint = false;
        }
    }

    /// <summary>Whether the transaction stands at a savepoint of EF's name, which then need not be set again.</summary>
    internal bool IsAtSavepoint(Guid transaction) => _current is { IsAtSavepoint: true } frame && frame.Transaction == transaction;

    internal InvalidOperationException Refuse(string what) => new(
        $"The work of {_current?.Key.ToString() ?? "a request"} runs in the transaction of its idempotency key and cannot {what}: remove it, or use IdempotencyMode.RecoveryPoint (db.Idempotency.ExecuteWithPointsAsync).");

    public void ResetState()
    {
        _current = null;
        Ending = false;
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }

    private sealed class Frame(Frame? outer, IdempotencyKey key, Guid transaction, bool own)
    {
        internal Frame? Outer => outer;

        internal IdempotencyKey Key => key;

        internal Guid Transaction => transaction;

        internal bool IsOwn => own;

        internal bool IsAtSavepoint { get; set; }

        internal int Savepoints { get; set; }
    }

    private sealed class Exit(WorkTransaction work, Frame? outer) : IDisposable
    {
        public void Dispose() => work._current = outer;
    }
}
