using Consistency.Kit.TestServers;

namespace Consistency.Kit.CrashShop.Tests;

/// <summary>
/// A shop whose messages go through Kafka is killed at a point, started again while no broker can be reached, and judged by its
/// database once the brokers are back.
/// </summary>
public abstract class KafkaCrashTests(string store)
{
    private const int Orders = 4;
    private const int Events = 4;
    private const int Killed = 137;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private protected async Task DieAtAsync(string point, int hit)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        await using var kafka = await KafkaServer.StartMockAsync(brokers: 1, deadline.Token);
        await kafka.EnsureTopicAsync("orders", partitions: 2, deadline.Token);
        await kafka.EnsureTopicAsync("follow-ups", partitions: 2, deadline.Token);
        await using var database = await ShopDatabase.CreateAsync(store);
        var crash = await database.RunAsync($"kafka={kafka.BootstrapServers}", $"orders={Orders}", $"events={Events}", $"crash-at={point}", $"hit={hit}");
        Assert.True(crash.ExitCode == Killed, $"The shop did not die at {point}; exit code {crash.ExitCode}.\n{crash.Output}");

        await kafka.CutAsync(deadline.Token);
        await using var again = database.Start($"kafka={kafka.BootstrapServers}", $"orders={Orders}", $"events={Events}");
        await again.WaitForLineAsync(line => line == "published", Patience, cancellationToken: deadline.Token);

        await kafka.RestoreAsync(deadline.Token);
        var code = await again.WaitForExitAsync(deadline.Token);
        Assert.True(code == 0, $"The shop did not finish after the crash; exit code {code}.\n{string.Join('\n', again.ErrorLines.TakeLast(40))}");
        Assert.Empty(await Verdict.ProblemsAsync(database, Orders, Events));
    }
}

public sealed class SqliteKafkaCrashTests() : KafkaCrashTests("sqlite")
{
    /// <summary>One point on each way: all of them are died at on PostgreSQL.</summary>
    [Theory]
    [InlineData("relay.sent", 2)]
    [InlineData("kafka.delivering", 2)]
    [InlineData("kafka.committing", 1)]
    public Task A_crash_and_an_unreachable_broker_lose_nothing_repeat_nothing_and_keep_order(string point, int hit) => DieAtAsync(point, hit);
}

public sealed class PostgresKafkaCrashTests() : KafkaCrashTests("postgres")
{
    /// <summary>What the broker's client does, and what the relay and the inbox do beside it.</summary>
    [Theory]
    [InlineData("relay.sending", 2)]
    [InlineData("relay.sent", 2)]
    [InlineData("inbox.committed", 2)]
    [InlineData("kafka.received", 2)]
    [InlineData("kafka.delivering", 2)]
    [InlineData("kafka.delivered", 2)]
    [InlineData("kafka.committing", 1)]
    [InlineData("kafka.committed", 1)]
    public Task A_crash_and_an_unreachable_broker_lose_nothing_repeat_nothing_and_keep_order(string point, int hit) => DieAtAsync(point, hit);
}
