namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>The tables of durable work as a careful person would write them.</summary>
internal static class HandWork
{
    internal const string Tables =
        """
        CREATE TABLE hand_work (
            id uuid PRIMARY KEY, scope varchar(200) NOT NULL, type varchar(255) NOT NULL, work_key varchar(255), input bytea NOT NULL,
            status integer NOT NULL, due_at timestamptz NOT NULL, owner varchar(200), epoch bigint NOT NULL, events bigint NOT NULL,
            created_at timestamptz NOT NULL, ended_at timestamptz, UNIQUE (scope, work_key));
        CREATE INDEX ON hand_work (due_at) WHERE status = 0;
        CREATE TABLE hand_history (
            work_id uuid NOT NULL, number bigint NOT NULL, at timestamptz NOT NULL, event varchar(64) NOT NULL, step varchar(200),
            attempt integer, detail bytea, PRIMARY KEY (work_id, number));
        """;
}
