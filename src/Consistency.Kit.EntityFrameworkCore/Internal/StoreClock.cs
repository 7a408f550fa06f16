using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>The database's clock: instances whose own clocks differ agree on what is due, and one whose clock is set while it runs does not notice.</summary>
internal sealed class StoreClock(TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private volatile Reading? _last;
    private long _asked;

    /// <summary>What the database said last and the time that has passed since; this machine's clock while it was not asked.</summary>
    internal DateTime Now => _last is { } last ? last.At + time.GetElapsedTime(last.Taken) : time.GetUtcNow().UtcDateTime;

    internal TimeProvider Time => time;

    internal void Observe(DateTime databaseNow) => _last = new Reading(databaseNow, time.GetTimestamp());

    /// <summary>Asks the database. SQLite runs in this process and has this process's clock.</summary>
    internal async Task SynchronizeAsync(DbContext context, CancellationToken cancellationToken)
    {
        if (Provider.IsSqlite(context))
        {
            return;
        }

        // Any row will do; EF warns of queries that do not say which.
        var now = await context.Set<OutboxShardRow>().OrderBy(row => row.Shard).Select(_ => (DateTime?)DateTime.UtcNow)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        if (now is { } known)
        {
            Observe(known);
        }
    }

    /// <summary>Asks the database unless it was asked lately: a machine that slept does not count the time, and nobody else may be asking.</summary>
    internal Task KeepAsync(DbContext context, CancellationToken cancellationToken)
    {
        var asked = Math.Max(Volatile.Read(ref _asked), _last?.Taken ?? 0);
        if (asked != 0 && time.GetElapsedTime(asked) < Fresh)
        {
            return Task.CompletedTask;
        }

        Volatile.Write(ref _asked, time.GetTimestamp());
        return SynchronizeAsync(context, cancellationToken);
    }

    private sealed record Reading(DateTime At, long Taken);
}
