using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.KeyShop;

public sealed class KeyShopDb(DbContextOptions<KeyShopDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders");
            order.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
            order.Property(x => x.Item).HasColumnName("item");
        });
    }
}

/// <summary>Nothing in the table keeps an order from being there twice: that is for the key to do.</summary>
public sealed class Order
{
    public Guid Id { get; set; } = Guid.NewGuid();

    public string Item { get; set; } = "";
}

public sealed record PlaceOrder(string Item);
