using Consistency.Kit.EntityFrameworkCore.Internal;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>The statements on PostgreSQL, with parameters by position: the client need not search the text for names.</summary>
internal sealed class PostgresWorkSql
{
    // The clock of the statement: an index can be asked with it, unlike with clock_timestamp().
    private const string Now = "statement_timestamp()";

    private const string Held = "status = 0 AND owner IS NOT NULL";

    internal PostgresWorkSql(DbContext context)
    {
        var work = KitSql.Table<WorkRow>(context);
        var types = KitSql.Table<WorkTypeRow>(context);

        const string columns = "w.id, w.epoch, w.scope, w.type, w.work_key, w.group_key, w.input, w.state, w.attempts, w.take_overs, w.scheduled_at, w.created_at, w.traceparent, w.tracestate, w.events";
        string Take(string slot) => $"""
            UPDATE {work} w
            SET owner = $1, epoch = w.epoch + 1, due_at = {Now} + $2, slot = {slot}, started_at = coalesce(w.started_at, {Now}),
                take_overs = w.take_overs + CASE WHEN w.owner IS NULL THEN 0 ELSE 1 END
            """;

        // Type by type along the index, so that no type's backlog stands in another's way.
        Claim = $"""
            WITH due AS MATERIALIZED (
                SELECT d.id, d.due_at
                FROM unnest($3) AS t (type)
                CROSS JOIN LATERAL (
                    SELECT id, due_at FROM {work}
                    WHERE status = 0 AND type = t.type AND due_at <= {Now} + $4
                    ORDER BY due_at LIMIT $5 FOR UPDATE SKIP LOCKED) d
                ORDER BY d.due_at LIMIT $5)
            {Take("NULL")}
            FROM due WHERE w.id = due.id
            RETURNING {columns}, due.due_at - {Now}
            """;

        AnyDue = $"""
            SELECT t.type FROM unnest($1) AS t (type)
            WHERE EXISTS (SELECT 1 FROM {work} WHERE status = 0 AND type = t.type AND due_at <= {Now})
            """;

        // The row is the mutex of all who claim under this limit: the next statement sees what those before have committed.
        LockLimit = $"INSERT INTO {types} (name, seen_at, owner, until) VALUES ($1, {Now}, $2, 'epoch') ON CONFLICT (name) DO UPDATE SET owner = EXCLUDED.owner";

        ClaimLimited = $"""
            WITH running AS MATERIALIZED (
                SELECT group_key, count(*) AS number FROM {work} WHERE slot = $3 AND {Held} AND due_at > {Now} GROUP BY group_key),
            due AS MATERIALIZED (
                SELECT d.id, d.due_at FROM (
                    SELECT w.id, w.due_at, w.group_key,
                        row_number() OVER (PARTITION BY w.group_key ORDER BY w.due_at, w.id) + coalesce((SELECT r.number FROM running r WHERE r.group_key = w.group_key), 0) AS place
                    FROM {work} w
                    WHERE w.status = 0 AND w.type = ANY ($4) AND w.due_at <= {Now}) d
                WHERE $5 IS NULL OR d.group_key IS NULL OR d.place <= $5
                ORDER BY d.due_at
                LIMIT greatest(0, least($6, coalesce($7, $6) - (SELECT coalesce(sum(number), 0) FROM running))))
            {Take("$3")}
            FROM due WHERE w.id = due.id AND w.status = 0 AND w.due_at <= {Now}
            RETURNING {columns}, due.due_at - {Now}
            """;

        // A row that somebody has locked is being written by its owner: it is not waited for, and not lost either.
        Renew = $"""
            UPDATE {work} SET due_at = {Now} + $3
            WHERE id = ANY (ARRAY(
                SELECT w.id FROM {work} w JOIN unnest($1, $2) AS l (id, epoch) ON w.id = l.id AND w.epoch = l.epoch
                WHERE w.status = 0 AND w.owner IS NOT NULL FOR UPDATE OF w SKIP LOCKED))
            """;

        StillHeld = $"SELECT w.id, w.epoch FROM {work} w JOIN unnest($1, $2) AS l (id, epoch) ON w.id = l.id AND w.epoch = l.epoch WHERE w.{Held.Replace("owner", "w.owner", StringComparison.Ordinal)}";

        Release = $"""
            UPDATE {work} w SET owner = NULL, slot = NULL, due_at = {Now} + r.due_in
            FROM unnest($1, $2, $3) AS r (id, epoch, due_in)
            WHERE w.id = r.id AND w.epoch = r.epoch AND w.status = 0 AND w.owner IS NOT NULL
            """;

        EndSeveral = $"""
            UPDATE {work} w
            SET status = e.status, owner = NULL, slot = NULL, take_overs = 0, ended_at = {Now}, work_key = CASE WHEN w.frees_key THEN NULL ELSE w.work_key END
            FROM unnest($1, $2, $3) AS e (id, epoch, status)
            WHERE w.id = e.id AND w.epoch = e.epoch AND w.status = 0 AND w.owner IS NOT NULL
            RETURNING w.id, w.epoch
            """;
    }

    internal const string Clock = "SELECT clock_timestamp()";

    internal string Claim { get; }

    internal string AnyDue { get; }

    internal string LockLimit { get; }

    internal string ClaimLimited { get; }

    internal string Renew { get; }

    internal string StillHeld { get; }

    internal string Release { get; }

    internal string EndSeveral { get; }
}
