using Consistency.Kit.EntityFrameworkCore.Internal;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>The outbox's own statements on PostgreSQL. Only table names are put into the text; they come from the model, quoted.</summary>
internal sealed class PostgresOutboxSql
{
    private const string Columns = "o.shard, o.position, o.id, o.aggregatetype, o.aggregateid, o.type, o.payload, o.headers, o.traceparent, o.tracestate, o.published_at";

    internal PostgresOutboxSql(DbContext context)
    {
        var outbox = KitSql.Table<OutboxRow>(context);
        var shards = KitSql.Table<OutboxShardRow>(context);
        var relays = KitSql.Table<RelayRow>(context);
        var holds = KitSql.Table<OutboxHoldRow>(context);
        var regclass = $"'{outbox.Replace("'", "''", StringComparison.Ordinal)}'";

        Read = ReadFrom(outbox, "");
        ReadAround = ReadFrom(outbox, "AND o.position <> ALL (@inflight)");

        Delete = $"DELETE FROM {outbox} WHERE position = ANY (@positions)";

        // The same rows as OutboxQueries.NotHeld lets through, but of all shards in one round trip.
        Sweep = $"""
            SELECT r.*
            FROM unnest(@shards, @marks) AS s (shard, mark)
            CROSS JOIN LATERAL (
                SELECT {Columns} FROM {outbox} o
                WHERE o.shard = s.shard AND o.position <= s.mark
                  AND NOT EXISTS (
                    SELECT 1 FROM {holds} h
                    WHERE h.shard = o.shard
                      AND (h.position = o.position
                        OR (h.holds_key AND h.position < o.position AND h.aggregatetype = o.aggregatetype AND h.aggregateid = o.aggregateid)))
                ORDER BY o.position LIMIT @limit) r
            LIMIT @limit
            """;

        LastPosition = $"SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence({regclass}, 'position')::regclass), 0)";

        // A writer locks the table before it takes a position, whether or not it has a transaction id yet; so its name must not change when
        // it gets one. A virtual transaction keeps its number until its rows become visible, also when it is prepared; the server then
        // clears the number, a moment before the lock goes: without one it has ended.
        ListWriters = $"""
            SELECT virtualtransaction
            FROM pg_locks
            WHERE locktype = 'relation' AND relation = {regclass}::regclass AND mode = 'RowExclusiveLock' AND granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND pid IS DISTINCT FROM pg_backend_pid()
              AND virtualtransaction NOT LIKE '%/0'
            """;

        Renew = $"""
            WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
            me AS (
                INSERT INTO {relays} (owner, until) SELECT @owner, now + @duration FROM clock
                ON CONFLICT (owner) DO UPDATE SET until = EXCLUDED.until),
            dead AS (DELETE FROM {relays} r USING clock WHERE r.until < clock.now - interval '1 hour' AND r.owner <> @owner),
            fair AS MATERIALIZED (
                SELECT ceil((SELECT count(*) FROM {shards})::numeric
                    / (1 + (SELECT count(*) FROM {relays} r, clock WHERE r.until > clock.now AND r.owner <> @owner)))::int AS size),
            mine AS MATERIALIZED (
                SELECT s.shard, s.shard = ANY (@busy) AS busy, row_number() OVER (ORDER BY s.shard = ANY (@busy) DESC, s.shard) AS nth
                FROM {shards} s, clock WHERE s.owner = @owner AND s.until > clock.now),
            marks AS (SELECT * FROM unnest(@shards, @epochs, @positions) AS m (shard, epoch, position)),
            kept AS (
                UPDATE {shards} s
                SET until = clock.now + @duration,
                    mark = greatest(s.mark, coalesce((SELECT m.position FROM marks m WHERE m.shard = s.shard AND m.epoch = s.epoch), 0))
                FROM mine, fair, clock
                WHERE s.shard = mine.shard AND (mine.nth <= fair.size OR mine.busy) AND s.owner = @owner AND s.until > clock.now
                RETURNING s.shard, s.epoch, s.mark),
            given AS (
                UPDATE {shards} s
                SET owner = NULL, until = 'epoch',
                    mark = greatest(s.mark, coalesce((SELECT m.position FROM marks m WHERE m.shard = s.shard AND m.epoch = s.epoch), 0))
                FROM mine, fair
                WHERE s.shard = mine.shard AND mine.nth > fair.size AND NOT mine.busy AND s.owner = @owner),
            free AS (
                SELECT s.shard FROM {shards} s, clock WHERE s.until <= clock.now
                ORDER BY s.shard
                LIMIT greatest(0, (SELECT size FROM fair) - (SELECT count(*) FROM mine))
                FOR UPDATE OF s SKIP LOCKED),
            taken AS (
                UPDATE {shards} s SET owner = @owner, epoch = s.epoch + 1, until = clock.now + @duration
                FROM free, clock WHERE s.shard = free.shard
                RETURNING s.shard, s.epoch, s.mark)
            SELECT l.shard, l.epoch, l.mark, clock.now FROM (SELECT * FROM kept UNION ALL SELECT * FROM taken) l, clock
            """;

        Release = $"""
            WITH marks AS (SELECT * FROM unnest(@shards, @epochs, @positions) AS m (shard, epoch, position)),
            gone AS (DELETE FROM {relays} WHERE owner = @owner)
            UPDATE {shards} s
            SET owner = NULL, until = 'epoch',
                mark = greatest(s.mark, coalesce((SELECT m.position FROM marks m WHERE m.shard = s.shard AND m.epoch = s.epoch), 0))
            WHERE s.owner = @owner
            """;
    }

    internal string Read { get; }

    internal string ReadAround { get; }

    internal string Delete { get; }

    internal string Sweep { get; }

    internal string LastPosition { get; }

    internal string ListWriters { get; }

    internal string Renew { get; }

    internal string Release { get; }

    // One walk along the primary key for all shards. An array looked up by shard says where each stands: a condition that no index
    // serves, so that no plan, whatever it believes of the table, collects and sorts a backlog to take its first rows.
    private static string ReadFrom(string outbox, string except) => $"""
        SELECT {Columns} FROM {outbox} o
        WHERE o.position > @from AND o.position > (@after)[o.shard + 1] {except}
        ORDER BY o.position LIMIT @limit
        """;
}
