using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.CrashShop;

/// <summary>What the shop would do without the kit's guarantees, to see that the tests notice.</summary>
internal static class Sabotage
{
    internal static async Task RecordOutsideAsync(ShopSettings settings, string consumer, int orderId, int number, CancellationToken cancellationToken)
    {
        await using var db = new CrashShopDb(Worker.Configure(new DbContextOptionsBuilder<CrashShopDb>(), settings).Options);
        db.Effects.Add(new Effect { Consumer = consumer, OrderId = orderId, Number = number, Worker = Environment.ProcessId });
        await db.SaveChangesAsync(cancellationToken);
    }
}
