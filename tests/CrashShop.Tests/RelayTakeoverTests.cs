using System.Globalization;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.CrashShop.Tests;

/// <summary>Two relay processes share an outbox, and one of them dies or freezes in the middle of its work.</summary>
public sealed class RelayTakeoverTests
{
    private const int Orders = 24;
    private const int Events = 12;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Measuring = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_killed_relay_is_replaced_within_its_lease_and_loses_nothing(int batch)
    {
        await using var database = await ShopDatabase.CreateAsync("postgres");
        await using var victim = Serve(database, batch);
        await using var survivor = Serve(database, batch);
        await ShareAsync(database, victim, survivor);
        await using var publisher = Publish(database);
        await EffectsAsync(database, victim, 20);

        await victim.KillAsync();
        var started = TimeProvider.System.GetTimestamp();
        await OwnsAllAsync(database, survivor);
        var took = TimeProvider.System.GetElapsedTime(started);
        Assert.True(took < Lease + Measuring, $"The survivor took over after {took}.");
        await FinishAsync(database, publisher);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_relay_frozen_past_its_lease_and_awake_again_does_no_harm(int batch)
    {
        await using var database = await ShopDatabase.CreateAsync("postgres");
        await using var frozen = Serve(database, batch);
        await using var survivor = Serve(database, batch);
        await ShareAsync(database, frozen, survivor);
        await using var publisher = Publish(database);
        await EffectsAsync(database, frozen, 20);

        frozen.Stop();
        await OwnsAllAsync(database, survivor);
        frozen.Continue();
        await FinishAsync(database, publisher);
        Assert.False(frozen.HasExited);
        await ShareAsync(database, frozen, survivor);
    }

    private static ChildProcess Serve(ShopDatabase database, int batch) =>
        database.Start("serve", "orders=0", "work-ms=5", $"batch={batch}", $"lease-ms={Lease.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)}");

    private static ChildProcess Publish(ShopDatabase database) => database.Start("publish-only", $"orders={Orders}", $"events={Events}");

    /// <summary>Waits until each process owns half of the shards.</summary>
    private static Task ShareAsync(ShopDatabase database, params ChildProcess[] relays) => Eventually.UntilAsync(
        async () =>
        {
            var owners = await OwnersAsync(database);
            return relays.All(relay => owners.Count(owner => IsOf(owner, relay)) == owners.Count / relays.Length);
        },
        Patience,
        "the relays share the shards evenly");

    private static Task OwnsAllAsync(ShopDatabase database, ChildProcess relay) => Eventually.UntilAsync(
        async () => (await OwnersAsync(database)).All(owner => IsOf(owner, relay)), Patience, "the survivor owns all shards");

    private static Task EffectsAsync(ShopDatabase database, ChildProcess relay, int count) => Eventually.UntilAsync(
        async () => await database.CountAsync($"SELECT count(*) FROM effects WHERE worker = {relay.Id}") >= count, Patience, $"{count} effects of the process that is about to suffer");

    private static async Task FinishAsync(ShopDatabase database, ChildProcess publisher)
    {
        using var deadline = new CancellationTokenSource(Patience, TimeProvider.System);
        Assert.Equal(0, await publisher.WaitForExitAsync(deadline.Token));
        await Eventually.UntilAsync(
            async () => await database.CountAsync(
                "SELECT (SELECT count(*) FROM consistency_outbox) + (SELECT count(*) FROM consistency_outbox_hold) + (SELECT count(*) FROM consistency_inbox_hold)") == 0,
            Patience,
            "nothing is left to send or to handle");
        Assert.Empty(await Verdict.ProblemsAsync(database, Orders, Events));
    }

    private static Task<List<string>> OwnersAsync(ShopDatabase database) =>
        database.QueryAsync("SELECT coalesce(owner, '') FROM consistency_outbox_shard", row => row.GetString(0));

    private static bool IsOf(string owner, ChildProcess relay) => owner.Contains($"/{relay.Id}/", StringComparison.Ordinal);
}
