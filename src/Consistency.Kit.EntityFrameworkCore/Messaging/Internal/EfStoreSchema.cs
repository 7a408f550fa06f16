using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Checks tables and shards at start-up, and sets the shards up the first time.</summary>
internal sealed class EfStoreSchema(ContextSource contexts, StoreClock clock, MessageEncoder encoder) : IStoreSchema
{
    public async ValueTask<IReadOnlyList<string>> CheckAsync(CancellationToken cancellationToken)
    {
        var scope = contexts.CreateScope();
        await using (scope.ConfigureAwait(false))
        {
            if (scope.ServiceProvider.GetService(contexts.ContextType) is not DbContext context)
            {
                return [$"{contexts.ContextType.Name} is not registered: add services.AddDbContext<{contexts.ContextType.Name}>(…)."];
            }

            var missing = await KitTables.MissingAsync(context, cancellationToken).ConfigureAwait(false);
            if (missing.Count > 0)
            {
                var name = contexts.ContextType.Name;
                var tables = string.Join(", ", missing.Select(table => table.Type.GetTableName()));
                return [$"The database of {name} lacks {tables} (or a column of it); it says \"{missing[0].Reason}\". Add and apply a migration (dotnet ef migrations add ConsistencyKit), or for a quick start call await host.Services.EnsureConsistencyKitCreatedAsync<{name}>() before the host starts."];
            }

            var problems = new List<string>(await CheckShardsAsync(context, cancellationToken).ConfigureAwait(false));
            if (Provider.IsPostgres(context) && await CacheOfPositionsAsync(context, cancellationToken).ConfigureAwait(false) is not 1 and var cache)
            {
                problems.Add($"The positions of {contexts.ContextType.Name}'s outbox are handed out in blocks of {cache}, so a session could use an old one after newer ones were sent: set CACHE 1 on the identity of column position (ALTER TABLE … ALTER COLUMN position SET CACHE 1).");
            }

            return problems;
        }
    }

    private static async Task<long> CacheOfPositionsAsync(DbContext context, CancellationToken cancellationToken)
    {
        var table = KitSql.Table<OutboxRow>(context);
        return await context.Database
            .SqlQuery<long>($"SELECT coalesce((SELECT seqcache FROM pg_sequence WHERE seqrelid = pg_get_serial_sequence({table}, 'position')::regclass), 1) AS \"Value\"")
            .SingleAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> CheckShardsAsync(DbContext context, CancellationToken cancellationToken)
    {
        var shards = await context.Set<OutboxShardRow>().CountAsync(cancellationToken).ConfigureAwait(false);
        if (shards == 0)
        {
            shards = await AddShardsAsync(context, cancellationToken).ConfigureAwait(false);
        }

        await clock.SynchronizeAsync(context, cancellationToken).ConfigureAwait(false);
        return shards == encoder.Shards
            ? []
            : [$"The outbox of {contexts.ContextType.Name} was set up with {shards} shards and OutboxOptions.Shards is {encoder.Shards}: set it to {shards}, or stop all publishers, let the outbox drain, and delete the rows of {context.Model.FindEntityType(typeof(OutboxShardRow))!.GetTableName()}."];
    }

    private async Task<int> AddShardsAsync(DbContext context, CancellationToken cancellationToken)
    {
        context.AddRange(Enumerable.Range(0, encoder.Shards).Select(shard => new OutboxShardRow { Shard = shard, Until = DateTime.UnixEpoch }));
        try
        {
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbUpdateException)
        {
            // Another instance is starting too and was faster; all its rows were written at once.
            context.ChangeTracker.Clear();
        }

        return await context.Set<OutboxShardRow>().CountAsync(cancellationToken).ConfigureAwait(false);
    }
}
