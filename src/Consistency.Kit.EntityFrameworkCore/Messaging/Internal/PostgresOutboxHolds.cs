using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Writes holds in one statement each, so that a relay that freezes never leaves the lease row of a shard locked behind it.</summary>
internal sealed class PostgresOutboxHolds(ContextSource contexts, StoreClock clock) : IOutboxHolds
{
    private readonly EfOutboxHolds _portable = new(contexts, clock);
    private volatile Statements? _statements;

    public ValueTask<IReadOnlyList<OutboxHold>> ListAsync(IReadOnlyCollection<int> shards, CancellationToken cancellationToken) =>
        _portable.ListAsync(shards, cancellationToken);

    public ValueTask<bool> HoldAsync(string owner, long epoch, OutboxHold hold, CancellationToken cancellationToken) => OwnedAsync(
        owner,
        epoch,
        new OutboxPosition(hold.Key.Shard, hold.Position),
        sql => sql.Hold,
        command =>
        {
            command.Add("topic", hold.Key.Topic);
            command.Add("key", hold.Key.Key);
            command.Add("holds", hold.HoldsKey);
            command.Add("attempts", hold.Attempts);
            command.Add("due", hold.DueIn ?? TimeSpan.Zero);
            command.Add("parked", hold.DueIn is null);
            command.Add("error", hold.Error);
        },
        cancellationToken);

    public ValueTask<bool> ReleaseAsync(string owner, long epoch, OutboxPosition row, CancellationToken cancellationToken) =>
        OwnedAsync(owner, epoch, row, sql => sql.Release, static _ => { }, cancellationToken);

    private async ValueTask<bool> OwnedAsync(string owner, long epoch, OutboxPosition row, Func<Statements, string> sql, Action<DbCommand> add, CancellationToken cancellationToken) =>
        await contexts.WriteAsync(
            async (context, token) =>
            {
                await context.Database.OpenConnectionAsync(token).ConfigureAwait(false);
                try
                {
                    var command = context.Database.GetDbConnection().CreateCommand();
                    await using (command.ConfigureAwait(false))
                    {
                        command.CommandText = sql(_statements ??= new Statements(context));
                        command.Add("owner", owner);
                        command.Add("epoch", epoch);
                        command.Add("shard", row.Shard);
                        command.Add("position", row.Position);
                        add(command);
                        return (long)(await command.ExecuteScalarAsync(token).ConfigureAwait(false))! > 0;
                    }
                }
                finally
                {
                    await context.Database.CloseConnectionAsync().ConfigureAwait(false);
                }
            },
            cancellationToken).ConfigureAwait(false);

    private sealed class Statements
    {
        internal Statements(DbContext context)
        {
            var shards = KitSql.Table<OutboxShardRow>(context);
            var holds = KitSql.Table<OutboxHoldRow>(context);

            // The update locks the lease row until the statement has committed: nobody else can have taken the shard.
            var owned = $"WITH owned AS (UPDATE {shards} SET epoch = epoch WHERE shard = @shard AND owner = @owner AND epoch = @epoch RETURNING shard)";
            Hold = $"""
                {owned},
                held AS (
                    INSERT INTO {holds} (shard, position, aggregatetype, aggregateid, holds_key, attempts, due_at, parked_at, error)
                    SELECT shard, @position, @topic, @key, @holds, @attempts,
                        CASE WHEN NOT @parked THEN clock_timestamp() + @due END, CASE WHEN @parked THEN clock_timestamp() END, @error
                    FROM owned
                    ON CONFLICT (shard, position) DO UPDATE
                    SET holds_key = EXCLUDED.holds_key, attempts = EXCLUDED.attempts, due_at = EXCLUDED.due_at, parked_at = EXCLUDED.parked_at, error = EXCLUDED.error)
                SELECT count(*) FROM owned
                """;
            Release = $"""
                {owned},
                gone AS (DELETE FROM {holds} h USING owned WHERE h.shard = owned.shard AND h.position = @position)
                SELECT count(*) FROM owned
                """;
        }

        internal string Hold { get; }

        internal string Release { get; }
    }
}
