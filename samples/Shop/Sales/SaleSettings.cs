using System.Text.Json;
using System.Text.Json.Serialization;
using Shop.Stocks;

namespace Shop.Sales;

/// <summary>What a seller needs to know; handed to its process as one argument.</summary>
internal sealed record SaleSettings
{
    internal const string Sale = "flash";

    internal const int LimitPerCustomer = 2;

    internal static readonly string[] Skus = ["case", "phone"];

    public required StockKind Stock { get; init; }

    public required StoreKind Store { get; init; }

    public required string Connection { get; init; }

    public required string Redis { get; init; }

    /// <summary>Keeps this sale's keys from those of others on the same server.</summary>
    public required string Prefix { get; init; }

    /// <summary>The Unix socket on which this seller takes requests.</summary>
    public required string Socket { get; init; }

    public required string TallyFile { get; init; }

    /// <summary>How many pieces there are of each item.</summary>
    public required int Items { get; init; }

    public required TimeSpan Hold { get; init; }

    public SaleSabotage? Sabotage { get; init; }

    internal string Write() => JsonSerializer.Serialize(this, SaleJson.Default.SaleSettings);

    internal static SaleSettings Read(string text) => JsonSerializer.Deserialize(text, SaleJson.Default.SaleSettings)!;
}

[JsonSerializable(typeof(SaleSettings))]
internal sealed partial class SaleJson : JsonSerializerContext;
