using Consistency.Kit.TestServers;

namespace Shop.Tests;

/// <summary>The same invariants where the shop's data and messages are on real servers.</summary>
public sealed class PlaceTests
{
    [Theory]
    [InlineData("--store", "postgres", "--transport", "inprocess")]
    [InlineData("--store", "sqlite", "--transport", "kafka")]
    [InlineData("--store", "postgres", "--transport", "kafka")]
    public async Task The_same_holds_on_real_servers(params string[] place)
    {
        if (place.Contains("postgres"))
        {
            PostgresServer.Require();
        }

        if (place.Contains("kafka"))
        {
            KafkaServer.Require();
        }

        var drill = await Drill.RunAsync(["drill", "--orders", "100", "--kills", "2", .. place]);

        drill.KeepsEveryInvariant();
    }
}
