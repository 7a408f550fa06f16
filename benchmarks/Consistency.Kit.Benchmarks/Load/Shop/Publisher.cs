using Consistency.Kit.Benchmarks.Load.Measuring;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>Saves an order and its message, and notes when the save returned.</summary>
internal static class Publisher
{
    internal static Task PublishAsync(IHost host, Arrivals arrivals, int number) => Shops.InScopeAsync<KitDb>(host, async db =>
    {
        var order = Order.New(number);
        db.Orders.Add(order);
        db.Outbox.Publish(OrderPlaced.New(order.Id, number), order.Id.ToString());
        await db.SaveChangesAsync();
        arrivals.Saved(number);
    });
}
