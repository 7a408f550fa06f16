using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Stock;

/// <summary>A running shop with its orders and the ledger on one engine, and its stock in memory. Each test has a sale of its own.</summary>
public abstract class LedgerFixture(Engine engine) : IAsyncLifetime
{
    private Database? _database;
    private IHost? _host;

    /// <summary>Hears of the transactions of each test's own saves.</summary>
    internal TransactionEars Ears { get; } = new();

    internal IServiceProvider Services => _host!.Services;

    internal StockStore Store => Services.GetRequiredService<StockStores>().Shared;

    internal IStockLedger Ledger => Services.GetRequiredService<IStockLedger>();

    internal StockReconciler Reconciler => Services.GetRequiredService<StockReconciler>();

    internal IStockSales Sales => Services.GetRequiredService<IStockSales>();

    public async ValueTask InitializeAsync()
    {
        _database = await Database.CreateAsync(engine);
        _host = await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync(_host!);
        await _database!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Another process on the same database: its memory knows nothing.</summary>
    internal async Task<IHost> StartAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddDbContext<ShopDb>(options =>
        {
            _database!.Configure(options);
            options.AddInterceptors(Ears);
        });
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>(options => options.Portable = _database!.IsPortable)
            .UseMemoryStock()
            .UseStockLedger<ShopDb>()
            .ConfigureOutbox(outbox => outbox.PollInterval = TimeSpan.FromMilliseconds(200))
            .ConfigureStock(stock => (stock.SweepInterval, stock.ReconcileInterval) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromHours(1))));
        var host = builder.Build();
        await host.Services.EnsureConsistencyKitCreatedAsync<ShopDb>();
        await host.StartAsync();
        return host;
    }

    internal static async Task EndAsync(IHost host)
    {
        await host.StopAsync();
        host.Dispose();
    }

    internal async Task<StockSale> OpenAsync(params (string Sku, long Initial)[] items)
    {
        var sale = new StockSale($"s{Guid.NewGuid():N}");
        await Sales.OpenAsync(sale);
        foreach (var (sku, initial) in items)
        {
            await Sales.SetAsync(new StockItem(sale.Name, sku), initial);
        }

        return sale;
    }

    internal async Task<T> UseAsync<T>(Func<ShopDb, Task<T>> use)
    {
        await using var scope = Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<ShopDb>());
    }

    /// <summary>Commits an order, without asking the store of stock.</summary>
    internal Task<int> PlaceAsync(ReserveRequest request) => UseAsync(db =>
    {
        db.Orders.Add(new Order { Customer = request.Order.ToString() });
        db.Stock.Accept(request);
        return db.SaveChangesAsync();
    });

    /// <returns>Whether the order was committed.</returns>
    internal async Task<bool> TryPlaceAsync(ReserveRequest request)
    {
        try
        {
            await PlaceAsync(request);
            return true;
        }
        catch (StockGateException)
        {
            return false;
        }
    }

    /// <returns>Whether pieces came back.</returns>
    internal Task<bool> ReleaseAsync(StockOrder order) => UseAsync(async db =>
    {
        var had = await db.Stock.ReleaseAsync(order);
        await db.SaveChangesAsync();
        return had;
    });

    internal async Task<StockLevel> LevelAsync(StockSale sale, string sku = "a") => (await Store.Stock.ReadAsync(new StockItem(sale.Name, sku)))!;

    /// <summary>What the ledger has of the item.</summary>
    internal async Task<StockLevel> LedgerAsync(StockSale sale, string sku = "a") => (await Ledger.ReadAsync(sale, default)).Levels.Single(level => level.Sku == sku);

    /// <summary>Waits until the store has been told of all that was decided.</summary>
    internal Task ToldAsync(StockSale sale) => Eventually.UntilAsync(
        async () => (await Ledger.ReadAsync(sale, default)).Untold.Count == 0, TimeSpan.FromSeconds(60), "the store was told of all orders");

    internal Task<List<StockFactRow>> FactsAsync(StockSale sale) => UseAsync(db => db.Set<StockFactRow>().AsNoTracking().Where(row => row.Sale == sale.Name).ToListAsync());
}
