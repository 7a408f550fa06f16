using System.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.States.Internal;

/// <summary>Reads and writes the history of states.</summary>
internal static class StateRows
{
    internal static IQueryable<StateMoveRow> Moves(DbContext context, string map, string id) =>
        context.Set<StateMoveRow>().AsNoTracking().Where(row => row.Map == map && row.ThingId == id);

    /// <summary>Whether a cause with a name has made this move before.</summary>
    internal static Task<bool> HasMadeAsync(DbContext context, string map, string id, string to, StateCause cause, CancellationToken cancellationToken) => cause.Id is null
        ? Task.FromResult(false)
        : Moves(context, map, id).AnyAsync(row => row.To == to && row.Cause == cause.Kind && row.CauseId == cause.Id, cancellationToken);

    internal static StateMoveRow Row(string map, string id, int number, string from, string to, StateCause cause, DateTime now) => new()
    {
        Map = map,
        ThingId = id,
        Number = number,
        From = from,
        To = to,
        Cause = cause.Kind,
        CauseId = cause.Id,
        Actor = cause.Actor,
        At = now,
        Chain = Activity.Current?.TraceId.ToHexString(),
    };

    internal static StateHistoryEntry Entry(StateMoveRow row) => new(
        row.Number, row.From, row.To, new StateCause(row.Cause, row.CauseId) { Actor = row.Actor }, WorkRows.Offset(row.At), row.Chain);

    /// <summary>Records what was not done, once for each cause. Saves nothing else of the context.</summary>
    internal static async Task RefuseAsync(DbContext context, string map, string id, string from, string to, string reason, StateCause cause, DateTime now, CancellationToken cancellationToken)
    {
        var (causeId, actor) = (cause.Id ?? "", cause.Actor ?? "");
        var known = await context.Set<StateRefusalRow>()
            .AnyAsync(
                row => row.Map == map && row.ThingId == id && row.From == from && row.To == to && row.Reason == reason && row.Cause == cause.Kind && row.CauseId == causeId && row.Actor == actor,
                cancellationToken)
            .ConfigureAwait(false);
        if (!known)
        {
            object[] values = [Guid.CreateVersion7(), map, id, from, to, reason, cause.Kind, causeId, actor, now];
            await context.Database.ExecuteSqlRawAsync(Insert(context), values, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Insert(DbContext context)
    {
        var sql = context.GetService<ISqlGenerationHelper>();
        string[] columns = ["id", "map", "thing_id", "from_state", "to_state", "reason", "cause", "cause_id", "actor", "at"];
        return $"INSERT INTO {KitSql.Table<StateRefusalRow>(context)} ({string.Join(", ", columns.Select(sql.DelimitIdentifier))}) VALUES ({string.Join(", ", columns.Select((_, i) => $"{{{i}}}"))})";
    }
}
