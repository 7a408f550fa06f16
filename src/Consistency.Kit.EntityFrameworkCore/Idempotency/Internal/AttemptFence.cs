using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Lets a save depend on an attempt at a request, and carry its points.</summary>
internal sealed class AttemptFence(IdempotentAttempt attempt) : ISaveFence
{
    public EntityEntry Begin(DbContext context)
    {
        var row = context.Entry(new IdempotencyRow { Key = Rows.Bytes(attempt.Key.Hash), Epoch = attempt.Lease.Epoch, Points = Rows.Bytes(attempt.Points) });
        row.State = EntityState.Unchanged;
        row.Property(x => x.Points).IsModified = true;
        return row;
    }

    public bool IsRow(object entity) => entity is IdempotencyRow row && row.Key.AsSpan().SequenceEqual(attempt.Key.Hash.Span);

    public ConsistencyException Lost(Exception? inner) => new AttemptLostException(attempt.Key, inner);
}
