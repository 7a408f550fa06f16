using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>The tables that both sides have.</summary>
internal static class ShopModel
{
    internal static void AddTo(ModelBuilder model)
    {
        model.Entity<Order>(order =>
        {
            order.ToTable("orders");
            order.Property(x => x.Id).ValueGeneratedNever();
            order.Property(x => x.Customer).HasMaxLength(100);
            order.Property(x => x.Status).HasMaxLength(20);
            order.HasIndex(x => x.Customer);
        });
        model.Entity<Effect>().ToTable("effects").Property(x => x.Key).HasMaxLength(255);
    }
}
