using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Consistency.Kit.Redis.Tests.Support;

/// <summary>A shop whose stock is in Redis and whose orders and ledger are in PostgreSQL.</summary>
internal sealed class LedgerShop : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartAsync(new PostgresServerOptions { Settings = { ["max_connections"] = "200" } }));

    private readonly IHost _host;

    private LedgerShop(IHost host, string database)
    {
        _host = host;
        Database = database;
    }

    internal static StockSale Sale { get; } = new("sale");

    internal string Database { get; }

    internal IServiceProvider Services => _host.Services;

    internal StockStore Store => Services.GetRequiredService<StockStores>().Shared;

    internal StockReconciler Reconciler => Services.GetRequiredService<StockReconciler>();

    internal IStockSales Sales => Services.GetRequiredService<IStockSales>();

    internal static async Task<LedgerShop> StartAsync(string endpoint, string? prefix = null, string? database = null, bool keeps = true, Action<StockOptions>? configure = null)
    {
        PostgresServer.Require();
        database ??= await (await Server.Value).CreateDatabaseAsync("stock") + ";Maximum Pool Size=30";
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddDbContext<LedgerDb>(options => options.UseNpgsql(database));
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<LedgerDb>()
            .UseRedis($"{endpoint},connectTimeout=1000", redis => (redis.KeyPrefix, redis.Timeout) = (prefix ?? $"{Guid.NewGuid():N}:", TimeSpan.FromSeconds(1)))
            .UseStockLedger<LedgerDb>()
            .ConfigureStock(stock =>
            {
                stock.SweepInterval = keeps ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromHours(1);
                stock.ReconcileInterval = TimeSpan.FromHours(1);
                configure?.Invoke(stock);
            }));
        var host = builder.Build();
        await host.Services.EnsureConsistencyKitCreatedAsync<LedgerDb>();
        await host.StartAsync();
        return new LedgerShop(host, database);
    }

    internal async Task OpenAsync(params (string Sku, long Initial)[] items)
    {
        await Sales.OpenAsync(Sale);
        foreach (var (sku, initial) in items)
        {
            await Sales.SetAsync(new StockItem(Sale.Name, sku), initial);
        }
    }

    internal static ReserveRequest Request(string order, string lines = "a 1", TimeSpan? hold = null) =>
        new(new StockOrder(Sale.Name, order), StockLines.Parse(lines), hold ?? TimeSpan.FromHours(1));

    /// <summary>Commits an order, without asking the store of stock.</summary>
    internal async Task PlaceAsync(ReserveRequest request)
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LedgerDb>();
        db.Orders.Add(new LedgerOrder { Id = request.Order.Id, Lines = request.Lines.Text });
        db.Stock.Accept(request);
        await db.SaveChangesAsync();
    }

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

    internal async Task<T> UseAsync<T>(Func<LedgerDb, Task<T>> use)
    {
        await using var scope = Services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<LedgerDb>());
    }

    internal async Task<Dictionary<string, long>> OrderedAsync()
    {
        var lines = await UseAsync(db => db.Orders.Select(order => order.Lines).ToListAsync());
        return lines.SelectMany(StockLines.Parse).GroupBy(line => line.Sku).ToDictionary(sku => sku.Key, sku => sku.Sum(line => line.Quantity));
    }

    internal async Task<StockLevel> LevelAsync(string sku = "a") => (await Store.Stock.ReadAsync(new StockItem(Sale.Name, sku)))!;

    /// <summary>Waits until the store has been told of all accepted orders.</summary>
    internal Task ToldAsync() => Eventually.UntilAsync(
        async () => (await Services.GetRequiredService<IStockLedger>().ReadAsync(Sale, default)).Untold.Count == 0,
        TimeSpan.FromSeconds(60),
        "the store was told of all orders");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await using var connection = new NpgsqlConnection(Database);
        NpgsqlConnection.ClearPool(connection);
    }
}

public sealed class LedgerDb(DbContextOptions<LedgerDb> options) : DbContext(options)
{
    public DbSet<LedgerOrder> Orders => Set<LedgerOrder>();
}

public sealed class LedgerOrder
{
    public string Id { get; set; } = "";

    public string Lines { get; set; } = "";
}
