using System.Data.Common;
using System.Globalization;
using System.Text;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>
/// The statement that writes one piece of progress, with only what the progress says: planning one statement for everything that may be
/// said costs the server more than running it.
/// </summary>
internal sealed class PostgresProgressSql
{
    private const string DivisionByZero = "22012";
    private const string NotNullViolation = "23502";
    private const string Now = "statement_timestamp()";

    private readonly string _work;
    private readonly string _history;
    private readonly string _wakeIfSignalled;

    internal PostgresProgressSql(DbContext context)
    {
        _work = KitSql.Table<WorkRow>(context);
        _history = KitSql.Table<WorkHistoryRow>(context);

        // A statement of its own: it sees the signals that were committed while the one before waited for the row.
        _wakeIfSignalled = $"""
            UPDATE {_work} SET due_at = {Now}
            WHERE id = $1 AND epoch = $2 AND status = 0 AND owner IS NULL AND due_at > {Now}
              AND EXISTS (SELECT 1 FROM {KitSql.Table<WorkSignalRow>(context)} WHERE work_id = $1 AND name = $3)
            """;
    }

    /// <summary>Whether a batch failed because the claim was lost: by design it fails then, and takes its transaction with it.</summary>
    internal static bool IsLost(DbException error) => error.SqlState is DivisionByZero or NotNullViolation;

    internal void Add(DbBatch batch, WorkLease lease, WorkProgress progress)
    {
        var command = batch.CreateBatchCommand();
        command.Add("", lease.Id);
        command.Add("", lease.Epoch);
        var update = Update(command, progress);
        command.CommandText = progress.Events.Count == 0

            // Divides by zero when no row is held.
            ? $"WITH held AS ({update} RETURNING id) SELECT 1 / count(*) FROM held"

            // The number is null when no row is held, which the table refuses.
            : $"WITH held AS ({update} RETURNING events) INSERT INTO {_history} (work_id, number, at, event, step, attempt, actor, detail) VALUES {Lines(command, progress.Events)}";
        batch.BatchCommands.Add(command);
        if (progress.Next is WorkNext.Later { UnlessSignalled: { } name })
        {
            var wake = batch.Add(_wakeIfSignalled);
            wake.Add("", lease.Id);
            wake.Add("", lease.Epoch);
            wake.Add("", name);
        }
    }

    private string Update(DbBatchCommand command, WorkProgress progress)
    {
        var set = new StringBuilder("take_overs = 0");
        void Set(string column, string value) => set.Append(", ").Append(column).Append(" = ").Append(value);

        if (progress.Events.Count > 0)
        {
            Set("events", "events + " + progress.Events.Count.ToString(CultureInfo.InvariantCulture));
        }

        if (progress.State is { } state)
        {
            Set("state", Parameter(command, WorkRows.BytesOrNull(state)));
        }

        if (progress.Attempts is { } attempts)
        {
            Set("attempts", Parameter(command, attempts));
        }

        if (progress.Error is { } error)
        {
            Set("error", Parameter(command, error));
        }

        if (progress.ScheduledAt is { } scheduled)
        {
            Set("scheduled_at", Parameter(command, WorkRows.Bounded(scheduled)));
        }

        if (progress.Next is not WorkNext.Kept)
        {
            set.Append(", owner = NULL, slot = NULL");
        }

        switch (progress.Next)
        {
            case WorkNext.Later later:
                Set("due_at", DueAt(command, later));
                break;
            case WorkNext.Parked:
                Set("status", Parameter(command, (int)WorkStatus.Parked));
                Set("due_at", Now);
                break;
            case WorkNext.Ended ended:
                Set("status", Parameter(command, (int)ended.Status));
                Set("ended_at", Now);
                Set("work_key", "CASE WHEN frees_key THEN NULL ELSE work_key END");
                break;
            default:
                break;
        }

        return $"UPDATE {_work} SET {set} WHERE id = $1 AND epoch = $2 AND status = 0 AND owner IS NOT NULL";
    }

    private static string DueAt(DbBatchCommand command, WorkNext.Later later) => later switch
    {
        { At: { } at } => Parameter(command, WorkRows.Bounded(at)),
        _ when later.Delay > TimeSpan.FromDays(36_500) => Parameter(command, WorkRows.Add(DateTime.UnixEpoch, later.Delay)),
        _ when later.Delay > TimeSpan.Zero => $"{Now} + {Parameter(command, later.Delay)}",
        _ => Now,
    };

    private static string Lines(DbBatchCommand command, IReadOnlyList<WorkEvent> events)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < events.Count; i++)
        {
            var line = events[i];
            lines.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ", ")}($1, (SELECT events FROM held) - {events.Count - 1 - i}, {Now}, ")
                .Append(Parameter(command, line.Name)).Append(", ")
                .Append(Parameter(command, line.Step)).Append(", ")
                .Append(Parameter(command, line.Attempt)).Append(", ")
                .Append(Parameter(command, line.Actor)).Append(", ")
                .Append(Parameter(command, WorkRows.BytesOrNull(line.Detail))).Append(')');
        }

        return lines.ToString();
    }

    /// <summary>By position: the client need not search the text for names.</summary>
    private static string Parameter(DbBatchCommand command, object? value)
    {
        if (value is null)
        {
            return "NULL";
        }

        command.Add("", value);
        return "$" + command.Parameters.Count.ToString(CultureInfo.InvariantCulture);
    }
}
