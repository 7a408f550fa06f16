using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>The database's clock, as far as it was asked: instances whose own clocks differ agree on what is due.</summary>
internal sealed class StoreClock(TimeProvider time)
{
    private long _offsetTicks;

    internal DateTime Now => time.GetUtcNow().UtcDateTime.AddTicks(Volatile.Read(ref _offsetTicks));

    internal TimeProvider Time => time;

    internal void Observe(DateTime databaseNow) =>
        Volatile.Write(ref _offsetTicks, databaseNow.Ticks - time.GetUtcNow().UtcDateTime.Ticks);

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
}
