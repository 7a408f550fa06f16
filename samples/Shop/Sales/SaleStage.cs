using Consistency.Kit.TestServers;
using Shop.Stocks;

namespace Shop.Sales;

/// <summary>The servers and the files of one sale, private unless an address was given.</summary>
internal sealed class SaleStage : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("shop-sale-").FullName;
    private PostgresServer? _database;

    private SaleStage()
    {
    }

    /// <summary>Of each seller; the memory of one cannot be shared by another.</summary>
    internal IReadOnlyList<SaleSettings> Sellers { get; private set; } = [];

    /// <summary>Our own Redis; null where there is none.</summary>
    internal RedisServer? Redis { get; private set; }

    /// <exception cref="ServerMissingException">A server that would be started is not installed.</exception>
    internal static async Task<SaleStage> SetAsync(SaleOptions options, CancellationToken cancellationToken)
    {
        var stage = new SaleStage();
        try
        {
            var connection = options.Connection;
            if (connection is null && options.Store == StoreKind.Postgres)
            {
                stage._database = await PostgresServer.StartAsync(cancellationToken: cancellationToken);
                connection = await stage._database.CreateDatabaseAsync("sale", cancellationToken);
            }

            if (options is { Stock: StockKind.Redis, Redis: null })
            {
                stage.Redis = await RedisServer.StartAsync(cancellationToken: cancellationToken);
            }

            var settings = new SaleSettings
            {
                Stock = options.Stock,
                Store = options.Store,
                Connection = connection ?? $"Data Source={Path.Combine(stage._directory, "sale.db")}",
                Redis = options.Redis ?? stage.Redis?.Endpoint ?? "",
                Prefix = $"shop-sale-{Guid.NewGuid().ToString("N")[..8]}:",
                Socket = "",
                TallyFile = Path.Combine(stage._directory, "tally"),
                Items = options.Items,
                Hold = options.Hold,
                Sabotage = options.Sabotage,
            };
            stage.Sellers = [.. Enumerable.Range(0, options.Stock == StockKind.Memory ? 1 : 2).Select(number => settings with { Socket = Path.Combine(stage._directory, $"seller-{number}.sock") })];
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null)
        {
            await _database.DisposeAsync();
        }

        if (Redis is not null)
        {
            await Redis.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }
}
