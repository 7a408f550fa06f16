using Microsoft.EntityFrameworkCore;
using Shop.Coupons;
using Shop.Orders;
using Shop.Payments;
using Shop.Points;
using Shop.Shipping;
using Shop.Stocks;
using Shop.Wallets;

namespace Shop;

/// <summary>The shop's tables; payments are in the kit's. None has a unique index over the order: that an effect happens once is the work of the inbox and of idempotency keys, and the drill's to prove.</summary>
internal sealed class ShopDb(DbContextOptions<ShopDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<OrderEvent> OrderEvents => Set<OrderEvent>();

    public DbSet<Product> Products => Set<Product>();

    public DbSet<TakenStock> TakenStock => Set<TakenStock>();

    public DbSet<Bill> Bills => Set<Bill>();

    public DbSet<Shipment> Shipments => Set<Shipment>();

    public DbSet<PointsGrant> PointsGrants => Set<PointsGrant>();

    public DbSet<Wallet> Wallets => Set<Wallet>();

    public DbSet<Coupon> Coupons => Set<Coupon>();

    internal Task<int> MoveOrderAsync(Guid id, OrderState state, CancellationToken cancellationToken) =>
        Orders.Where(order => order.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(order => order.State, state), cancellationToken);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders").HasKey(row => row.Id);
            order.HasIndex(row => row.Reference);
            order.HasIndex(row => row.State);
        });
        modelBuilder.Entity<Product>(product =>
        {
            product.ToTable("products");
            product.Property(row => row.Id).ValueGeneratedNever();
            product.Ignore(row => row.Held);
        });
        modelBuilder.Entity<OrderEvent>(row =>
        {
            row.ToTable("order_events").HasKey(entry => entry.Sequence);
            row.HasIndex(entry => entry.Order);
        });
        modelBuilder.Entity<Wallet>(wallet =>
        {
            wallet.ToTable("wallets").HasKey(row => row.Customer);
            wallet.Property(row => row.Customer).ValueGeneratedNever();
        });
        modelBuilder.Entity<Coupon>(coupon =>
        {
            coupon.ToTable("coupons").HasKey(row => row.Customer);
            coupon.Property(row => row.Customer).ValueGeneratedNever();
        });
        modelBuilder.Entity<TakenStock>().ToTable("taken_stock").HasIndex(row => row.Order);
        modelBuilder.Entity<Bill>().ToTable("bills").HasIndex(row => row.Order);
        modelBuilder.Entity<Shipment>().ToTable("shipments").HasIndex(row => row.Order);
        modelBuilder.Entity<PointsGrant>().ToTable("points").HasIndex(row => row.Order);
    }
}
