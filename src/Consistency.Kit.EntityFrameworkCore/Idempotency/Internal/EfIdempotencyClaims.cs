using System.Transactions;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Claims on any database: the primary key decides who is first, and the epoch decides everything after.</summary>
/// <remarks>Each call has a context and a transaction of its own, also where the caller is in one: a claim outlives what it guards.</remarks>
internal sealed class EfIdempotencyClaims(ContextSource contexts, StoreClock clock) : IIdempotencyClaims
{
    public ValueTask<IdempotencyClaim> TryBeginAsync(IdempotencyRequest request, CancellationToken cancellationToken) =>
        WriteAsync((context, token) => TryBeginAsync(context, request, token), cancellationToken);

    public async ValueTask<bool> RenewAsync(AttemptLease lease, TimeSpan duration, CancellationToken cancellationToken)
    {
        var until = clock.Now + duration;
        return await WriteAsync(
            (context, token) => Running(context, lease).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, until), token),
            cancellationToken).ConfigureAwait(false) > 0;
    }

    public async ValueTask<bool> SavePointsAsync(AttemptLease lease, ReadOnlyMemory<byte> points, CancellationToken cancellationToken)
    {
        var bytes = Rows.Bytes(points);
        return await WriteAsync(
            (context, token) => Running(context, lease).ExecuteUpdateAsync(set => set.SetProperty(row => row.Points, bytes), token),
            cancellationToken).ConfigureAwait(false) > 0;
    }

    public ValueTask<bool> CompleteAsync(AttemptLease lease, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken)
    {
        var bytes = Rows.Bytes(answer);
        return WriteAsync(
            async (context, token) =>
            {
                var now = clock.Now;
                var expires = now + lease.Retention;
                var completed = await Running(context, lease).ExecuteUpdateAsync(
                    set => set
                        .SetProperty(row => row.Answer, bytes)
                        .SetProperty(row => row.CompletedAt, now)
                        .SetProperty(row => row.ExpiresAt, expires)
                        .SetProperty(row => row.LeaseUntil, now)
                        .SetProperty(row => row.Points, (byte[]?)null),
                    token).ConfigureAwait(false);
                return completed > 0 || await WasCompletedAsync(context, lease, bytes, token).ConfigureAwait(false);
            },
            cancellationToken);
    }

    public async ValueTask ReleaseAsync(AttemptLease lease, CancellationToken cancellationToken) => await WriteAsync(
        async (context, token) =>
        {
            var forgotten = await Running(context, lease).Where(row => row.Points == null).ExecuteDeleteAsync(token).ConfigureAwait(false);
            return forgotten > 0
                ? forgotten
                : await Running(context, lease).ExecuteUpdateAsync(set => set.SetProperty(row => row.LeaseUntil, DateTime.UnixEpoch), token).ConfigureAwait(false);
        },
        cancellationToken).ConfigureAwait(false);

    private async Task<IdempotencyClaim> TryBeginAsync(DbContext context, IdempotencyRequest request, CancellationToken cancellationToken)
    {
        var key = Rows.Bytes(request.Key.Hash);
        await clock.KeepAsync(context, cancellationToken).ConfigureAwait(false);
        while (true)
        {
            var row = await context.Set<IdempotencyRow>().AsNoTracking().SingleOrDefaultAsync(row => row.Key == key, cancellationToken).ConfigureAwait(false);
            var now = clock.Now;
            if (row is null)
            {
                var first = AttemptLease.FirstEpoch();
                if (await TryAddAsync(context, request, first, now, cancellationToken).ConfigureAwait(false))
                {
                    return Started(request, first, null);
                }
            }
            else if (row.ExpiresAt <= now)
            {
                var first = AttemptLease.FirstEpoch();
                if (await TryReuseAsync(context, request, row, first, now, cancellationToken).ConfigureAwait(false))
                {
                    return Started(request, first, null);
                }
            }
            else if (new Fingerprint(row.Fingerprint) != request.Fingerprint)
            {
                return new IdempotencyClaim.Mismatched();
            }
            else if (row is { CompletedAt: { } completed, Answer: { } answer })
            {
                return new IdempotencyClaim.Replayed(new StoredAnswer(answer, completed));
            }
            else if (row.LeaseUntil > now)
            {
                return new IdempotencyClaim.InProgress(row.LeaseUntil - now);
            }
            else if (await TryTakeOverAsync(context, request, row, now, cancellationToken).ConfigureAwait(false))
            {
                return Started(request, row.Epoch + 1, await PointsAsync(context, key, cancellationToken).ConfigureAwait(false));
            }
        }
    }

    private static async Task<bool> TryAddAsync(DbContext context, IdempotencyRequest request, long first, DateTime now, CancellationToken cancellationToken)
    {
        var key = Rows.Bytes(request.Key.Hash);
        context.ChangeTracker.Clear();
        context.Add(new IdempotencyRow
        {
            Key = key,
            Fingerprint = Rows.Bytes(request.Fingerprint.Bytes),
            Epoch = first,
            LeaseUntil = now + request.Lease,
            ExpiresAt = now + request.Retention,
            BegunAt = now,
            Operation = IdempotencyRow.OperationOf(request.Key.Operation),
        });
        try
        {
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (DbUpdateException)
        {
            context.ChangeTracker.Clear();
            if (await context.Set<IdempotencyRow>().AnyAsync(row => row.Key == key, cancellationToken).ConfigureAwait(false))
            {
                return false;
            }

            throw;
        }
    }

    private static async Task<bool> TryReuseAsync(DbContext context, IdempotencyRequest request, IdempotencyRow old, long first, DateTime now, CancellationToken cancellationToken)
    {
        var (key, epoch) = (old.Key, old.Epoch);
        var (fingerprint, until, expires) = (Rows.Bytes(request.Fingerprint.Bytes), now + request.Lease, now + request.Retention);
        return await context.Set<IdempotencyRow>()
            .Where(row => row.Key == key && row.Epoch == epoch && row.ExpiresAt <= now)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.Epoch, first)
                    .SetProperty(row => row.Fingerprint, fingerprint)
                    .SetProperty(row => row.LeaseUntil, until)
                    .SetProperty(row => row.ExpiresAt, expires)
                    .SetProperty(row => row.BegunAt, now)
                    .SetProperty(row => row.Points, (byte[]?)null)
                    .SetProperty(row => row.Answer, (byte[]?)null)
                    .SetProperty(row => row.CompletedAt, (DateTime?)null),
                cancellationToken).ConfigureAwait(false) > 0;
    }

    private static async Task<bool> TryTakeOverAsync(DbContext context, IdempotencyRequest request, IdempotencyRow old, DateTime now, CancellationToken cancellationToken)
    {
        var (key, epoch) = (old.Key, old.Epoch);
        var (until, expires) = (now + request.Lease, now + request.Retention);
        return await context.Set<IdempotencyRow>()
            .Where(row => row.Key == key && row.Epoch == epoch && row.CompletedAt == null && row.LeaseUntil <= now)
            .ExecuteUpdateAsync(
                set => set
                    .SetProperty(row => row.Epoch, epoch + 1)
                    .SetProperty(row => row.LeaseUntil, until)
                    .SetProperty(row => row.ExpiresAt, expires)
                    .SetProperty(row => row.BegunAt, now),
                cancellationToken).ConfigureAwait(false) > 0;
    }

    // Read after the take-over: while it waited for the row, the old attempt may have committed one more save.
    private static Task<byte[]?> PointsAsync(DbContext context, byte[] key, CancellationToken cancellationToken) =>
        context.Set<IdempotencyRow>().Where(row => row.Key == key).Select(row => row.Points).SingleOrDefaultAsync(cancellationToken);

    private static async Task<bool> WasCompletedAsync(DbContext context, AttemptLease lease, byte[] answer, CancellationToken cancellationToken)
    {
        var (key, epoch) = (Rows.Bytes(lease.Key.Hash), lease.Epoch);
        var stored = await context.Set<IdempotencyRow>()
            .Where(row => row.Key == key && row.Epoch == epoch && row.CompletedAt != null)
            .Select(row => row.Answer)
            .SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        return stored is not null && stored.AsSpan().SequenceEqual(answer);
    }

    private static IQueryable<IdempotencyRow> Running(DbContext context, AttemptLease lease)
    {
        var (key, epoch) = (Rows.Bytes(lease.Key.Hash), lease.Epoch);
        return context.Set<IdempotencyRow>().Where(row => row.Key == key && row.Epoch == epoch && row.CompletedAt == null);
    }

    private static IdempotencyClaim.Started Started(IdempotencyRequest request, long epoch, byte[]? points) =>
        new(new AttemptLease(request.Key, epoch, request.Retention), points);

    private async ValueTask<T> WriteAsync<T>(Func<DbContext, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (Transaction.Current is null)
        {
            return await contexts.WriteAsync(work, cancellationToken).ConfigureAwait(false);
        }

        using var outside = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        return await contexts.WriteAsync(work, cancellationToken).ConfigureAwait(false);
    }
}
