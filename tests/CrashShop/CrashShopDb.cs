using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.CrashShop;

internal sealed class CrashShopDb(DbContextOptions<CrashShopDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Effect> Effects => Set<Effect>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders");
            order.Property(x => x.Id).HasColumnName("id").ValueGeneratedNever();
            order.Property(x => x.Published).HasColumnName("published");
        });
        MapEffects(modelBuilder);
    }

    internal static void MapEffects(ModelBuilder modelBuilder) => modelBuilder.Entity<Effect>(effect =>
    {
        effect.ToTable("effects");
        effect.Property(x => x.Id).HasColumnName("id").ValueGeneratedOnAdd();
        effect.Property(x => x.Consumer).HasColumnName("consumer");
        effect.Property(x => x.OrderId).HasColumnName("order_id");
        effect.Property(x => x.Number).HasColumnName("number");
        effect.Property(x => x.Worker).HasColumnName("worker");
    });
}

internal sealed class Order
{
    public int Id { get; set; }

    /// <summary>How many events it has published: committed together with them, so that a new run goes on where the killed one stopped.</summary>
    public int Published { get; set; }
}

/// <summary>What a handler did. Nothing in the table keeps it from being there twice: that is for the inbox to do.</summary>
internal sealed class Effect
{
    public long Id { get; set; }

    public string Consumer { get; set; } = "";

    public int OrderId { get; set; }

    public int Number { get; set; }

    public int Worker { get; set; }
}
