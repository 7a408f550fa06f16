using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>The table of idempotency keys.</summary>
internal static class IdempotencyModel
{
    internal const int OperationLength = 200;

    internal static void AddTo(ModelBuilder model, string? schema) => model.Entity<IdempotencyRow>(row =>
    {
        KitTable.Table(row, "consistency_idempotency", schema);
        row.HasKey(x => x.Key);
        row.Property(x => x.Key).HasColumnName("key").HasMaxLength(Fingerprint.Size).IsFixedLength().ValueGeneratedNever();
        row.Property(x => x.Fingerprint).HasColumnName("fingerprint").HasMaxLength(Fingerprint.Size).IsFixedLength().IsRequired();

        // Tokens of the fence: an attempt that was followed, or whose request was answered, saves nothing.
        row.Property(x => x.Epoch).HasColumnName("epoch").IsConcurrencyToken();
        row.Property(x => x.CompletedAt).HasColumnName("completed_at").HasConversion(KitTable.Utc).IsConcurrencyToken();
        row.Property(x => x.LeaseUntil).HasColumnName("lease_until").HasConversion(KitTable.Utc);
        row.Property(x => x.Points).HasColumnName("points");
        row.Property(x => x.Answer).HasColumnName("answer");
        row.Property(x => x.ExpiresAt).HasColumnName("expires_at").HasConversion(KitTable.Utc);
        row.Property(x => x.BegunAt).HasColumnName("begun_at").HasConversion(KitTable.Utc);
        row.Property(x => x.Operation).HasColumnName("operation").HasMaxLength(OperationLength).IsRequired();
        row.HasIndex(x => x.ExpiresAt).HasDatabaseName("ix_consistency_idempotency_expires_at");
    });
}
