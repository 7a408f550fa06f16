using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;
using static Consistency.Kit.EntityFrameworkCore.Internal.KitTable;

namespace Consistency.Kit.EntityFrameworkCore.States.Internal;

/// <summary>The tables of states: moves that were made, and those that were refused.</summary>
internal static class StateModel
{
    internal const int NameLength = 100;
    internal const int ThingLength = 200;

    internal static readonly IReadOnlyList<(Type Type, Func<DbContext, CancellationToken, Task> ReadAsync)> Probes = [Probe<StateMoveRow>(), Probe<StateRefusalRow>()];

    internal static void AddTo(ModelBuilder model, string? schema)
    {
        model.Entity<StateMoveRow>(row =>
        {
            Table(row, "consistency_state_move", schema);
            row.HasKey(x => new { x.Map, x.ThingId, x.Number });
            row.Property(x => x.Map).HasColumnName("map").HasMaxLength(NameLength);
            row.Property(x => x.ThingId).HasColumnName("thing_id").HasMaxLength(ThingLength);
            row.Property(x => x.Number).HasColumnName("number").ValueGeneratedNever();
            row.Property(x => x.From).HasColumnName("from_state").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.To).HasColumnName("to_state").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.Cause).HasColumnName("cause").HasMaxLength(StateCause.MaxKindLength).IsRequired();
            row.Property(x => x.CauseId).HasColumnName("cause_id").HasMaxLength(StateCause.MaxIdLength);
            row.Property(x => x.Actor).HasColumnName("actor").HasMaxLength(StateCause.MaxIdLength);
            row.Property(x => x.At).HasColumnName("at").HasConversion(Utc);
            row.Property(x => x.Chain).HasColumnName("chain").HasMaxLength(32);
        });
        model.Entity<StateRefusalRow>(row =>
        {
            Table(row, "consistency_state_refusal", schema);
            row.HasKey(x => x.Id);
            row.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
            row.Property(x => x.Map).HasColumnName("map").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.ThingId).HasColumnName("thing_id").HasMaxLength(ThingLength).IsRequired();
            row.Property(x => x.From).HasColumnName("from_state").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.To).HasColumnName("to_state").HasMaxLength(ThingLength).IsRequired();
            row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.Cause).HasColumnName("cause").HasMaxLength(StateCause.MaxKindLength).IsRequired();
            row.Property(x => x.CauseId).HasColumnName("cause_id").HasMaxLength(StateCause.MaxIdLength).IsRequired();
            row.Property(x => x.Actor).HasColumnName("actor").HasMaxLength(StateCause.MaxIdLength).IsRequired();
            row.Property(x => x.At).HasColumnName("at").HasConversion(Utc);
            row.HasIndex(x => new { x.Map, x.ThingId }).HasDatabaseName("ix_consistency_state_refusal_thing");
            row.HasIndex(x => x.At).HasDatabaseName("ix_consistency_state_refusal_at");
        });
    }
}
