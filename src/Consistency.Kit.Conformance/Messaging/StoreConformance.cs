using System.Globalization;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>What the suites of a store share.</summary>
public abstract class StoreConformance
{
    private protected static readonly TimeSpan LongLease = TimeSpan.FromMinutes(5);
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store. The suite disposes it.</summary>
    protected abstract ValueTask<StoreFixture> CreateAsync();

    private protected async Task WithStoreAsync(Func<StoreFixture, Task> fact)
    {
        await using var fixture = await CreateAsync();
        await fact(fixture);
    }

    private protected static async Task PublishAsync(StoreFixture fixture, params (string Key, int Number)[] messages)
    {
        await using var transaction = await fixture.BeginAsync(Token);
        foreach (var (key, number) in messages)
        {
            await transaction.PublishAsync(key, number, Token);
        }

        await transaction.CommitAsync(Token);
    }

    /// <summary>Reads everything that is committed, in position order.</summary>
    private protected static async Task<List<OutboxRecord>> ReadAllAsync(StoreFixture fixture)
    {
        var shards = await ShardsAsync(fixture);
        var page = await fixture.Store.Outbox.ReadAsync(
            new OutboxRead([.. shards.Select(shard => new ShardRange(shard, 0))], 10_000, long.MaxValue, [], ListWriters: false), Token);
        return [.. page.Records.OrderBy(record => record.Position)];
    }

    /// <summary>Takes all shards as a relay of the given name.</summary>
    private protected static async Task<IReadOnlyList<ShardLease>> TakeAsync(StoreFixture fixture, string owner) =>
        await fixture.Store.Leases.RenewAsync(new LeaseRenewal(owner, LongLease, [], []), Token);

    private protected static int NumberOf(TransportMessage message) =>
        int.Parse(System.Text.Encoding.UTF8.GetString(message.Payload.Span), CultureInfo.InvariantCulture);

    private protected static TransportMessage Message(string key, int number, string topic = "topic") => new()
    {
        Id = Guid.NewGuid(),
        Type = "number.v1",
        Topic = topic,
        Key = key,
        Payload = System.Text.Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)),
        PublishedAt = DateTimeOffset.UnixEpoch.AddYears(50),
    };

    private protected static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"This did not happen: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private static async Task<IReadOnlyList<int>> ShardsAsync(StoreFixture fixture)
    {
        const string census = "census";
        var shards = (await TakeAsync(fixture, census)).Select(lease => lease.Shard).ToList();
        await fixture.Store.Leases.ReleaseAsync(census, [], Token);
        return shards;
    }
}
