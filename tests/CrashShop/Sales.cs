using System.Globalization;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.CrashShop;

/// <summary>Sells to new customers in each run: one buys, one never comes back, one gives back, and so on. Then waits until nothing is held, and says what there is.</summary>
internal sealed class Sales(IServiceProvider services, int customers)
{
    private const int Pieces = 100;

    private static readonly StockSale Sale = new("crash");
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal static void Register(ConsistencyKitBuilder kit, ShopSettings settings)
    {
        kit.ConfigureStock(stock => stock.SweepInterval = TimeSpan.FromMilliseconds(100));
        if (settings.Redis.Length > 0)
        {
            kit.UseRedis(settings.Redis).UseStockLedger<CrashShopDb>();
        }
    }

    internal async Task RunAsync()
    {
        var sales = services.GetRequiredService<IStockSales>();
        await sales.OpenAsync(Sale);
        foreach (var sku in (string[])["a", "b"])
        {
            // Not while Redis is filled again.
            await WaitAsync(async () => await sales.SetAsync(new StockItem(Sale.Name, sku), Pieces) is AdjustOutcome.Done, () => $"{sku} is not on sale.");
        }

        for (var number = 0; number < customers; number++)
        {
            await SellAsync(number % 3);
        }

        foreach (var level in await SettleAsync())
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"level {level.Sku} {level.Initial} {level.Available - level.Oversold} {level.Sold}"));
        }
    }

    private async Task SellAsync(int kind)
    {
        var stock = services.GetRequiredService<IStock>();
        var request = new ReserveRequest(new StockOrder(Sale.Name, Guid.NewGuid().ToString("N")), StockLines.Parse("a 1 b 2"), Hold);
        if (!(await stock.ReserveAsync(request)).HasStock)
        {
            throw new InvalidOperationException("Nothing was reserved.");
        }

        if (kind == 1)
        {
            return;
        }

        if (kind == 2)
        {
            await stock.ReleaseAsync(request.Order);
            return;
        }

        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
        db.Orders.Add(new Order { Id = (await db.Orders.MaxAsync(order => (int?)order.Id) ?? 0) + 1 });
        db.Stock.Accept(request);
        try
        {
            await db.SaveChangesAsync();
        }
        catch (StockGateException)
        {
            // So slow that the deadline passed first: there is no order.
        }
    }

    private async Task<IReadOnlyList<StockLevel>> SettleAsync()
    {
        var upkeep = services.GetRequiredService<StockStores>().Shared.Upkeep;
        IReadOnlyList<StockLevel> levels = [];
        await WaitAsync(
            async () => (levels = await upkeep.ListLevelsAsync(Sale, default)).Count == 2 && levels.All(level => level.Reserved == 0),
            () => $"Something is held still: {string.Join(", ", levels)}");
        return levels;
    }

    private static async Task WaitAsync(Func<Task<bool>> condition, Func<string> problem)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Deadline)
            {
                throw new TimeoutException(problem());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }
}
