using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>The tables of stock, and of the ledger for stock that is kept elsewhere.</summary>
internal static class StockModel
{
    internal static readonly IReadOnlyList<(Type Type, Func<DbContext, CancellationToken, Task> ReadAsync)> Probes =
    [
        KitTable.Probe<StockSaleRow>(),
        KitTable.Probe<StockItemRow>(),
        KitTable.Probe<StockReservationRow>(),
        KitTable.Probe<StockCustomerRow>(),
        KitTable.Probe<StockChangeRow>(),
        KitTable.Probe<StockFactRow>(),
        KitTable.Probe<StockBucketRow>(),
    ];

    private const int CustomerLength = 64;

    internal static void AddTo(ModelBuilder model, string? schema)
    {
        model.Entity<StockSaleRow>(row =>
        {
            KitTable.Table(row, "consistency_stock_sale", schema);
            row.HasKey(x => x.Sale);
            row.Property(x => x.Sale).HasColumnName("sale").HasMaxLength(StockSale.MaxLength).IsUnicode(false);
            row.Property(x => x.IsOpen).HasColumnName("is_open");
            row.Property(x => x.Epoch).HasColumnName("epoch");
        });
        model.Entity<StockItemRow>(row =>
        {
            KitTable.Table(row, "consistency_stock_item", schema);
            row.HasKey(x => new { x.Sale, x.Sku });
            row.Property(x => x.Sale).HasColumnName("sale").HasMaxLength(StockSale.MaxLength).IsUnicode(false);
            row.Property(x => x.Sku).HasColumnName("sku").HasMaxLength(StockItem.MaxLength).IsUnicode(false);
            row.Property(x => x.Initial).HasColumnName("initial");
            row.Property(x => x.Available).HasColumnName("available");
            row.Property(x => x.Reserved).HasColumnName("reserved");
            row.Property(x => x.Sold).HasColumnName("sold");
            row.Property(x => x.Version).HasColumnName("version").IsConcurrencyToken();
        });
        model.Entity<StockReservationRow>(row =>
        {
            KitTable.Table(row, "consistency_stock_reservation", schema);
            row.HasKey(x => new { x.Sale, x.OrderId });
            row.Property(x => x.Sale).HasColumnName("sale").HasMaxLength(StockSale.MaxLength).IsUnicode(false);
            row.Property(x => x.OrderId).HasColumnName("order_id").HasMaxLength(StockOrder.MaxLength).IsUnicode(false);

            // Whoever moves a reservation has to have seen where it stands.
            row.Property(x => x.State).HasColumnName("state").IsConcurrencyToken();
            row.Property(x => x.Lines).HasColumnName("lines").IsUnicode(false);
            row.Property(x => x.Customer).HasColumnName("customer").HasMaxLength(CustomerLength).IsUnicode(false);
            row.Property(x => x.Deadline).HasColumnName("deadline").HasConversion(KitTable.Utc);
            row.Property(x => x.MovedAt).HasColumnName("moved_at").HasConversion(KitTable.Utc);
            row.HasIndex(x => new { x.Sale, x.State, x.Deadline }).HasDatabaseName("ix_consistency_stock_reservation_deadline");
            row.HasIndex(x => x.MovedAt).HasDatabaseName("ix_consistency_stock_reservation_moved_at");
        });
        model.Entity<StockCustomerRow>(row =>
        {
            KitTable.Table(row, "consistency_stock_customer", schema);
            row.HasKey(x => new { x.Sale, x.Customer, x.Sku });
            row.Property(x => x.Sale).HasColumnName("sale").HasMaxLength(StockSale.MaxLength).IsUnicode(false);
            row.Property(x => x.Customer).HasColumnName("customer").HasMaxLength(CustomerLength).IsUnicode(false);
            row.Property(x => x.Sku).HasColumnName("sku").HasMaxLength(StockItem.MaxLength).IsUnicode(false);
            row.Property(x => x.Taken).HasColumnName("taken");
            row.Property(x => x.Version).HasColumnName("version").IsConcurrencyToken();
        });
        model.Entity<StockChangeRow>(row =>
        {
            KitTable.Table(row, "consistency_stock_change", schema);
            row.HasKey(x => new { x.Sale, x.Sku, x.ChangeId });
            row.Property(x => x.Sale).HasColumnName("sale").HasMaxLength(StockSale.MaxLength).IsUnicode(false);
            row.Property(x => x.Sku).HasColumnName("sku").HasMaxLength(StockItem.MaxLength).IsUnicode(false);
            row.Property(x => x.ChangeId).HasColumnName("change_id").HasMaxLength(StockOrder.MaxLength).IsUnicode(false);
            row.Property(x => x.MadeAt).HasColumnName("made_at").HasConversion(KitTable.Utc);
        });
        model.Entity<StockFactRow>(row =>
        {
            KitTable.Table(row, "consistency_stock_fact", schema);
            row.HasKey(x => new { x.Sale, x.OrderId });
            row.Property(x => x.Sale).HasColumnName("sale").HasMaxLength(StockSale.MaxLength).IsUnicode(false);
            row.Property(x => x.OrderId).HasColumnName("order_id").HasMaxLength(StockOrder.MaxLength).IsUnicode(false);
            row.Property(x => x.Lines).HasColumnName("lines").IsUnicode(false);
            row.Property(x => x.Customer).HasColumnName("customer").HasMaxLength(CustomerLength).IsUnicode(false);
            row.Property(x => x.AcceptedAt).HasColumnName("accepted_at").HasConversion(KitTable.Utc);
            row.Property(x => x.IsTold).HasColumnName("is_told");

            // An order is released once.
            row.Property(x => x.IsReleased).HasColumnName("is_released").IsConcurrencyToken();
            row.Property(x => x.WasTold).HasColumnName("was_told");
            row.HasIndex(x => new { x.IsTold, x.Sale, x.AcceptedAt }).HasDatabaseName("ix_consistency_stock_fact_told");
        });
        model.Entity<StockBucketRow>(row =>
        {
            KitTable.Table(row, "consistency_stock_bucket", schema);
            row.HasKey(x => new { x.Sale, x.Sku, x.Bucket });
            row.Property(x => x.Sale).HasColumnName("sale").HasMaxLength(StockSale.MaxLength).IsUnicode(false);
            row.Property(x => x.Sku).HasColumnName("sku").HasMaxLength(StockItem.MaxLength).IsUnicode(false);
            row.Property(x => x.Bucket).HasColumnName("bucket");
            row.Property(x => x.Initial).HasColumnName("initial");
            row.Property(x => x.Available).HasColumnName("available").IsConcurrencyToken();
        });
    }
}
