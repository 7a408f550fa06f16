using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tcc.Internal;

/// <summary>The table of barriers.</summary>
internal static class BarrierModel
{
    internal static void AddTo(ModelBuilder model, string? schema) => model.Entity<BarrierRow>(row =>
    {
        KitTable.Table(row, "consistency_barrier", schema);
        row.HasKey(x => new { x.TransactionId, x.BranchId, x.Place });
        row.Property(x => x.TransactionId).HasColumnName("transaction_id").HasMaxLength(BranchCall.MaxLength).IsUnicode(false);
        row.Property(x => x.BranchId).HasColumnName("branch_id").HasMaxLength(BranchCall.MaxLength).IsUnicode(false);
        row.Property(x => x.Place).HasColumnName("place").HasMaxLength(BranchCall.MaxLength).IsUnicode(false);
        row.Property(x => x.State).HasColumnName("state");
        row.Property(x => x.IsEmpty).HasColumnName("is_empty");
        row.Property(x => x.TryResult).HasColumnName("try_result");
        row.Property(x => x.EndResult).HasColumnName("end_result");
        row.Property(x => x.MovedAt).HasColumnName("moved_at").HasConversion(KitTable.Utc);
        row.HasIndex(x => x.MovedAt).HasDatabaseName("ix_consistency_barrier_moved_at");
    });
}
