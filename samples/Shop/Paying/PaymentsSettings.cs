using System.Text.Json;

namespace Shop.Paying;

/// <summary>What the service of the payments drill needs to know; handed to its process as one argument.</summary>
internal sealed record PaymentsSettings
{
    internal const string Provider = "simulated";

    public required StoreKind Store { get; init; }

    public required string Connection { get; init; }

    /// <summary>The port on which callbacks are taken in; the same for each process.</summary>
    public required int Port { get; init; }

    public required Uri ProviderAddress { get; init; }

    public required string Secret { get; init; }

    internal string Write() => JsonSerializer.Serialize(this, PayJson.Default.PaymentsSettings);

    internal static PaymentsSettings Read(string text) => JsonSerializer.Deserialize(text, PayJson.Default.PaymentsSettings)!;
}
