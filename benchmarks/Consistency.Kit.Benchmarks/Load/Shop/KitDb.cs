using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>The shop with the kit.</summary>
internal sealed class KitDb(DbContextOptions<KitDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Effect> Effects => Set<Effect>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => ShopModel.AddTo(modelBuilder);
}
