using System.Text.Json;
using System.Text.Json.Serialization;
using Shop.Sabotages;
using Shop.Stocks;

namespace Shop;

/// <summary>What one process of the shop needs to know; handed to the worker as one argument.</summary>
internal sealed record ShopSettings
{
    internal const int Partitions = 8;

    /// <summary>Distinguishes the topics and the consumer group of this drill from those of earlier ones.</summary>
    public required string Run { get; init; }

    public required StoreKind Store { get; init; }

    public required string Connection { get; init; }

    public required TransportKind Transport { get; init; }

    public string Bootstrap { get; init; } = "";

    /// <summary>Whether the topics are still to be created.</summary>
    public bool CreateTopics { get; init; }

    /// <summary>The file in which the workers count what they did, so that a killed one's count survives.</summary>
    public required string TallyFile { get; init; }

    /// <summary>The Unix socket on which the shop takes requests; the same for each worker, so that customers find the next one.</summary>
    public required string Socket { get; init; }

    /// <summary>The port on which the provider's callbacks are taken in; the same for each worker.</summary>
    public required int CallbackPort { get; init; }

    /// <summary>Where the payment provider is.</summary>
    public required Uri Provider { get; init; }

    /// <summary>What the provider's callbacks are signed with.</summary>
    public required string ProviderSecret { get; init; }

    /// <summary>After how many seconds the provider is asked for an order's payment, again and again.</summary>
    public required IReadOnlyList<int> Polls { get; init; }

    public required int Orders { get; init; }

    public required int Seed { get; init; }

    /// <summary>How many workers there were before this one.</summary>
    public int Incarnation { get; init; }

    public CheckoutKind Checkout { get; init; }

    public StockKind Stock { get; init; } = StockKind.Database;

    /// <summary>Where Redis is, when the stock is there.</summary>
    public string Redis { get; init; } = "";

    public Sabotage? Sabotage { get; init; }

    internal IEnumerable<string> Topics => ((string[])["orders", "stock", "told", "payments", "shipments"]).Select(Topic);

    internal string Topic(string name) => Transport == TransportKind.Kafka ? $"{Run}-{name}" : name;

    internal string Write() => JsonSerializer.Serialize(this, SettingsJson.Default.ShopSettings);

    internal static ShopSettings Read(string text) => JsonSerializer.Deserialize(text, SettingsJson.Default.ShopSettings)!;
}

internal enum StoreKind
{
    Sqlite,
    Postgres,
}

internal enum TransportKind
{
    InProcess,
    Kafka,
}

internal enum CheckoutKind
{
    Messages,
    Saga,
    Tcc,
}

[JsonSerializable(typeof(ShopSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
