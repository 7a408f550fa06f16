using Microsoft.EntityFrameworkCore;
using static Consistency.Kit.EntityFrameworkCore.Internal.KitTable;

namespace Consistency.Kit.EntityFrameworkCore.Payments.Internal;

/// <summary>The tables of payments.</summary>
internal static class PaymentModel
{
    internal const int NumberLength = 64;
    internal const int IdLength = 128;
    internal const int NameLength = 100;

    internal static readonly IReadOnlyList<(Type Type, Func<DbContext, CancellationToken, Task> ReadAsync)> Probes =
        [Probe<PaymentOrderRow>(), Probe<PaymentRow>(), Probe<RefundRow>()];

    internal static void AddTo(ModelBuilder model, string? schema)
    {
        model.Entity<PaymentOrderRow>(row =>
        {
            Table(row, "consistency_payment_order", schema);
            row.HasKey(x => x.Number);
            row.Property(x => x.Number).HasColumnName("number").HasMaxLength(NumberLength);
            row.Property(x => x.Provider).HasColumnName("provider").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.Merchant).HasColumnName("merchant").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.Amount).HasColumnName("amount");
            row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(3).IsRequired();
            row.Property(x => x.State).HasColumnName("state").HasConversion<string>().HasMaxLength(16);
            row.Property(x => x.Decisions).HasColumnName("decisions");
            row.Property(x => x.CreatedAt).HasColumnName("created_at").HasConversion(Utc);
            row.Property(x => x.CloseAt).HasColumnName("close_at").HasConversion(Utc);
        });
        model.Entity<PaymentRow>(row =>
        {
            Table(row, "consistency_payment", schema);
            row.HasKey(x => new { x.Provider, x.TransactionId });
            row.Property(x => x.Provider).HasColumnName("provider").HasMaxLength(NameLength);
            row.Property(x => x.TransactionId).HasColumnName("transaction_id").HasMaxLength(IdLength);
            row.Property(x => x.OrderNumber).HasColumnName("order_number").HasMaxLength(NumberLength).IsRequired();
            row.Property(x => x.Amount).HasColumnName("amount");
            row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(3).IsRequired();
            row.Property(x => x.Kind).HasColumnName("kind").HasConversion<int>();
            row.Property(x => x.At).HasColumnName("at").HasConversion(Utc);
            row.Property(x => x.StatedOn).HasColumnName("stated_on");
            row.HasIndex(x => x.OrderNumber).HasDatabaseName("ix_consistency_payment_order_number");
            row.HasIndex(x => new { x.Provider, x.StatedOn, x.At }).HasDatabaseName("ix_consistency_payment_stated");
        });
        model.Entity<RefundRow>(row =>
        {
            Table(row, "consistency_payment_refund", schema);
            row.HasKey(x => x.Number);
            row.Property(x => x.Number).HasColumnName("number").HasMaxLength(NumberLength);
            row.Property(x => x.Provider).HasColumnName("provider").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.TransactionId).HasColumnName("transaction_id").HasMaxLength(IdLength).IsRequired();
            row.Property(x => x.OrderNumber).HasColumnName("order_number").HasMaxLength(NumberLength).IsRequired();
            row.Property(x => x.Amount).HasColumnName("amount");
            row.Property(x => x.Total).HasColumnName("total");
            row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(3).IsRequired();
            row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(NameLength).IsRequired();
            row.Property(x => x.Status).HasColumnName("status").HasConversion<int>();
            row.Property(x => x.At).HasColumnName("at").HasConversion(Utc);
            row.Property(x => x.DoneAt).HasColumnName("done_at").HasConversion(Utc);
            row.Property(x => x.StatedOn).HasColumnName("stated_on");
            row.HasIndex(x => x.OrderNumber).HasDatabaseName("ix_consistency_payment_refund_order");
            row.HasIndex(x => new { x.Provider, x.StatedOn, x.DoneAt }).HasDatabaseName("ix_consistency_payment_refund_stated");
        });
    }
}
