using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>The attempts on which one context's saves depend, and their rows while a save is running.</summary>
internal sealed class FencedAttempts : IResettableService
{
    private readonly List<IdempotentAttempt> _attempts = [];
    private readonly List<EntityEntry<IdempotencyRow>> _rows = [];

    internal bool IsAny => _attempts.Count > 0;

    internal IDisposable Attach(IdempotentAttempt attempt)
    {
        _attempts.Add(attempt);
        return new Attachment(this, attempt);
    }

    /// <summary>Adds an update to the save for each attempt, which meets no row when another attempt has taken over.</summary>
    internal void Begin(DbContext context)
    {
        End();
        foreach (var attempt in _attempts)
        {
            var row = context.Entry(new IdempotencyRow { Key = Rows.Bytes(attempt.Key.Hash), Epoch = attempt.Lease.Epoch, Points = Rows.Bytes(attempt.Points) });
            row.State = EntityState.Unchanged;
            row.Property(x => x.Points).IsModified = true;
            _rows.Add(row);
        }
    }

    /// <summary>Leaves nothing of them in the change tracker.</summary>
    internal void End()
    {
        foreach (var row in _rows)
        {
            row.State = EntityState.Detached;
        }

        _rows.Clear();
    }

    /// <summary>The attempt that a failed update belongs to, if it is one of these.</summary>
    internal IdempotencyKey? LostBy(IReadOnlyList<EntityEntry> entries) => entries.Any(entry => entry.Entity is IdempotencyRow)
        ? _attempts.Find(attempt => entries.Any(entry => entry.Entity is IdempotencyRow row && row.Key.AsSpan().SequenceEqual(attempt.Key.Hash.Span)))?.Key
        : null;

    public void ResetState()
    {
        _attempts.Clear();
        _rows.Clear();
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }

    private sealed class Attachment(FencedAttempts all, IdempotentAttempt attempt) : IDisposable
    {
        public void Dispose() => all._attempts.Remove(attempt);
    }
}
