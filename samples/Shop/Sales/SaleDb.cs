using Microsoft.EntityFrameworkCore;

namespace Shop.Sales;

/// <summary>The orders of the sale, beside the kit's tables.</summary>
internal sealed class SaleDb(DbContextOptions<SaleDb> options) : DbContext(options)
{
    public DbSet<SaleOrder> Orders => Set<SaleOrder>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<SaleOrder>().ToTable("sale_orders").HasIndex(order => order.Cart);
}
