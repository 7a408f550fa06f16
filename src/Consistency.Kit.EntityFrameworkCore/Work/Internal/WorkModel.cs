using Microsoft.EntityFrameworkCore;
using static Consistency.Kit.EntityFrameworkCore.Internal.KitTable;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>The tables of durable work.</summary>
internal static class WorkModel
{
    private const int NameLength = 200;
    private const int KeyLength = 255;

    internal static readonly IReadOnlyList<(Type Type, Func<DbContext, CancellationToken, Task> ReadAsync)> Probes =
    [
        Probe<WorkRow>(),
        Probe<WorkHistoryRow>(),
        Probe<WorkSignalRow>(),
        Probe<WorkTypeRow>(),
    ];

    internal static void AddTo(ModelBuilder model, string? schema)
    {
        model.Entity<WorkRow>(row =>
        {
            Table(row, "consistency_work", schema);
            row.HasKey(x => x.Id);
            row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
            row.Property(x => x.Scope).HasColumnName("scope").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.Type).HasColumnName("type").HasMaxLength(KeyLength).IsRequired();
            row.Property(x => x.Key).HasColumnName("work_key").HasMaxLength(KeyLength);
            row.Property(x => x.FreesKey).HasColumnName("frees_key");
            row.Property(x => x.GroupKey).HasColumnName("group_key").HasMaxLength(KeyLength);
            row.Property(x => x.Input).HasColumnName("input").IsRequired();
            row.Property(x => x.State).HasColumnName("state");

            // Tokens of the fence: a claim that was followed or concluded saves nothing.
            row.Property(x => x.Status).HasColumnName("status").HasConversion<int>().IsConcurrencyToken();
            row.Property(x => x.Epoch).HasColumnName("epoch").IsConcurrencyToken();
            row.Property(x => x.DueAt).HasColumnName("due_at").HasConversion(Utc);
            row.Property(x => x.ScheduledAt).HasColumnName("scheduled_at").HasConversion(Utc);
            row.Property(x => x.Owner).HasColumnName("owner").HasMaxLength(NameLength);
            row.Property(x => x.Slot).HasColumnName("slot").HasMaxLength(NameLength);
            row.Property(x => x.Events).HasColumnName("events");
            row.Property(x => x.Attempts).HasColumnName("attempts");
            row.Property(x => x.TakeOvers).HasColumnName("take_overs");
            row.Property(x => x.Error).HasColumnName("error").HasMaxLength(2_000);
            row.Property(x => x.TraceParent).HasColumnName("traceparent").HasMaxLength(55);
            row.Property(x => x.TraceState).HasColumnName("tracestate").HasMaxLength(512);
            row.Property(x => x.CreatedAt).HasColumnName("created_at").HasConversion(Utc);
            row.Property(x => x.StartedAt).HasColumnName("started_at").HasConversion(Utc);
            row.Property(x => x.EndedAt).HasColumnName("ended_at").HasConversion(Utc);
            row.HasIndex(x => new { x.Scope, x.Key }).IsUnique().HasFilter("work_key IS NOT NULL").HasDatabaseName("ux_consistency_work_key");

            // Ready, sleeping and claimed rows; a row that has ended is in none of the indexes that are polled.
            row.HasIndex(x => new { x.Type, x.DueAt }).HasFilter("status = 0").HasDatabaseName("ix_consistency_work_due");
            row.HasIndex(x => new { x.DueAt, x.Id }).HasFilter("status = 2").HasDatabaseName("ix_consistency_work_parked");
            row.HasIndex(x => x.Slot).HasFilter("slot IS NOT NULL").HasDatabaseName("ix_consistency_work_slot");
            row.HasIndex(x => x.EndedAt).HasFilter("ended_at IS NOT NULL").HasDatabaseName("ix_consistency_work_ended");
        });
        model.Entity<WorkHistoryRow>(row =>
        {
            Table(row, "consistency_work_history", schema);
            row.HasKey(x => new { x.WorkId, x.Number });
            row.Property(x => x.WorkId).HasColumnName("work_id").ValueGeneratedNever();
            row.Property(x => x.Number).HasColumnName("number").ValueGeneratedNever();
            row.Property(x => x.At).HasColumnName("at").HasConversion(Utc);
            row.Property(x => x.Event).HasColumnName("event").HasMaxLength(64).IsRequired();
            row.Property(x => x.Step).HasColumnName("step").HasMaxLength(NameLength);
            row.Property(x => x.Attempt).HasColumnName("attempt");
            row.Property(x => x.Actor).HasColumnName("actor").HasMaxLength(NameLength);
            row.Property(x => x.Detail).HasColumnName("detail");
        });
        model.Entity<WorkSignalRow>(row =>
        {
            Table(row, "consistency_work_signal", schema);
            row.HasKey(x => new { x.WorkId, x.Name });
            row.Property(x => x.WorkId).HasColumnName("work_id").ValueGeneratedNever();
            row.Property(x => x.Name).HasColumnName("name").HasMaxLength(NameLength);
            row.Property(x => x.Payload).HasColumnName("payload").IsRequired();
            row.Property(x => x.At).HasColumnName("at").HasConversion(Utc);
        });
        model.Entity<WorkTypeRow>(row =>
        {
            Table(row, "consistency_work_type", schema);
            row.HasKey(x => x.Name);
            row.Property(x => x.Name).HasColumnName("name").HasMaxLength(KeyLength);
            row.Property(x => x.SeenAt).HasColumnName("seen_at").HasConversion(Utc);
            row.Property(x => x.Owner).HasColumnName("owner").HasMaxLength(NameLength);
            row.Property(x => x.Until).HasColumnName("until").HasConversion(Utc);
        });
    }
}
