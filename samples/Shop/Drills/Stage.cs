using System.Globalization;
using Consistency.Kit.Testing.Payments;
using Consistency.Kit.TestServers;
using Shop.Payments;
using Shop.Stocks;

namespace Shop.Drills;

/// <summary>The database and the broker of one drill, private unless an address was given, and its payment provider.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _servers = [];
    private string? _directory;
    private bool _keep;

    private Stage()
    {
    }

    internal ShopSettings Settings { get; private set; } = null!;

    /// <summary>Lives in the drill's process: its books survive whatever happens to the shop.</summary>
    internal PaymentSimulator Provider { get; private set; } = null!;

    /// <exception cref="ServerMissingException">A server that would be started is not installed.</exception>
    internal static async Task<Stage> SetAsync(DrillOptions options, Misbehaviour misbehaviour, CancellationToken cancellationToken)
    {
        var port = LocalPort.Free();
        var simulation = new PaymentSimulatorOptions
        {
            CallbackAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}{PaymentEndpoints.Callbacks}")),
            Merchant = Billing.Merchant,
            Lost = misbehaviour.Lost,
            Doubled = misbehaviour.Doubled,
            Forged = misbehaviour.Forged,
            Seed = options.Seed,
        };
        var stage = new Stage { _keep = options.Keep, _directory = Directory.CreateTempSubdirectory("shop-drill-").FullName };
        try
        {
            stage.Provider = PaymentSimulator.Start(simulation);
            stage._servers.Add(stage.Provider);
            stage.Settings = new ShopSettings
            {
                Run = string.Create(CultureInfo.InvariantCulture, $"shop-drill-{Guid.NewGuid().ToString("N")[..8]}"),
                Store = options.Store,
                Connection = options.Connection ?? await stage.DatabaseAsync(options.Store, cancellationToken),
                Transport = options.Transport,
                Checkout = options.Checkout,
                Stock = options.Stock,
                Redis = options.Stock == StockKind.Redis ? options.Redis ?? await stage.RedisAsync(cancellationToken) : "",
                Bootstrap = options.Bootstrap ?? "",
                CreateTopics = true,
                TallyFile = Path.Combine(stage._directory, "tally"),
                Socket = Path.Combine(stage._directory, "shop.sock"),
                CallbackPort = port,
                Provider = stage.Provider.Address,
                ProviderSecret = simulation.Secret,
                Polls = misbehaviour.Polls,
                Orders = options.Orders,
                Seed = options.Seed,
                Sabotage = options.Sabotage,
            };
            if (options is { Transport: TransportKind.Kafka, Bootstrap: null })
            {
                stage.Settings = await stage.WithBrokerAsync(stage.Settings, cancellationToken);
            }

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
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        if (!_keep)
        {
            Directory.Delete(_directory!, recursive: true);
        }
    }

    private async Task<string> DatabaseAsync(StoreKind store, CancellationToken cancellationToken)
    {
        if (store == StoreKind.Sqlite)
        {
            return $"Data Source={Path.Combine(_directory!, "shop.db")}";
        }

        var server = await PostgresServer.StartAsync(cancellationToken: cancellationToken);
        _servers.Add(server);
        return await server.CreateDatabaseAsync("shop", cancellationToken);
    }

    private async Task<string> RedisAsync(CancellationToken cancellationToken)
    {
        var server = await RedisServer.StartAsync(cancellationToken: cancellationToken);
        _servers.Add(server);
        return server.Endpoint;
    }

    private async Task<ShopSettings> WithBrokerAsync(ShopSettings settings, CancellationToken cancellationToken)
    {
        var server = await KafkaServer.StartAsync(cancellationToken: cancellationToken);
        _servers.Add(server);
        foreach (var topic in settings.Topics)
        {
            // A mock cluster cannot be asked to create topics in the way that a broker can.
            await server.EnsureTopicAsync(topic, ShopSettings.Partitions, cancellationToken);
        }

        return settings with { Bootstrap = server.BootstrapServers, CreateTopics = false };
    }
}
