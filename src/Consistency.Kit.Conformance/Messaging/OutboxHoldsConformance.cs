using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>The contract of <see cref="IOutboxHolds"/>.</summary>
public abstract class OutboxHoldsConformance : StoreConformance
{
    [Fact]
    public Task A_hold_is_listed_as_it_was_written_replaced_and_released() => WithStoreAsync(async fixture =>
    {
        var (lease, hold) = await PrepareAsync(fixture);
        Assert.True(await fixture.Store.Holds.HoldAsync("relay", lease.Epoch, hold, Token));
        var listed = Assert.Single(await ListAsync(fixture, lease));
        Assert.Equal(hold with { DueIn = null }, listed with { DueIn = null });
        Assert.InRange(listed.DueIn!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(61));

        var parked = hold with { Attempts = 5, DueIn = null, HoldsKey = false, Error = "given up" };
        Assert.True(await fixture.Store.Holds.HoldAsync("relay", lease.Epoch, parked, Token));
        Assert.Equal(parked, Assert.Single(await ListAsync(fixture, lease)));

        Assert.True(await fixture.Store.Holds.ReleaseAsync("relay", lease.Epoch, new OutboxPosition(lease.Shard, hold.Position), Token));
        Assert.Empty(await ListAsync(fixture, lease));
    });

    [Fact]
    public Task Only_the_owner_in_its_epoch_changes_anything() => WithStoreAsync(async fixture =>
    {
        var (lease, hold) = await PrepareAsync(fixture);
        Assert.False(await fixture.Store.Holds.HoldAsync("other", lease.Epoch, hold, Token));
        Assert.False(await fixture.Store.Holds.HoldAsync("relay", lease.Epoch - 1, hold, Token));
        Assert.Empty(await ListAsync(fixture, lease));

        Assert.True(await fixture.Store.Holds.HoldAsync("relay", lease.Epoch, hold, Token));
        var row = new OutboxPosition(lease.Shard, hold.Position);
        Assert.False(await fixture.Store.Holds.ReleaseAsync("other", lease.Epoch, row, Token));
        Assert.False(await fixture.Store.Holds.ReleaseAsync("relay", lease.Epoch + 1, row, Token));
        Assert.Single(await ListAsync(fixture, lease));
    });

    [Fact]
    public Task Holds_outlive_their_relay() => WithStoreAsync(async fixture =>
    {
        var (lease, hold) = await PrepareAsync(fixture);
        await fixture.Store.Holds.HoldAsync("relay", lease.Epoch, hold, Token);
        await fixture.Store.Leases.ReleaseAsync("relay", [], Token);
        var heir = (await TakeAsync(fixture, "heir")).Single(taken => taken.Shard == lease.Shard);
        Assert.Equal(hold.Position, Assert.Single(await ListAsync(fixture, heir)).Position);
    });

    [Fact]
    public Task A_row_held_on_its_own_is_left_out_of_its_keys_reading_unless_it_is_the_one_asked_for() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, ("a", 1), ("a", 2), ("a", 3));
        var rows = await ReadAllAsync(fixture);
        var lease = (await TakeAsync(fixture, "relay")).Single(taken => taken.Shard == rows[0].Shard);
        var key = new HeldKey(lease.Shard, rows[0].Message.Topic, "a");
        await fixture.Store.Holds.HoldAsync("relay", lease.Epoch, new OutboxHold { Key = key, Position = rows[1].Position, HoldsKey = false }, Token);
        Assert.Equal([1, 3], (await fixture.Store.Outbox.ReadKeyAsync(key, rows[0].Position, rows[2].Position, 10, Token)).Select(row => NumberOf(row.Message)));
        Assert.Equal([2], (await fixture.Store.Outbox.ReadKeyAsync(key, rows[1].Position, rows[1].Position, 10, Token)).Select(row => NumberOf(row.Message)));
    });

    private static async Task<(ShardLease Lease, OutboxHold Hold)> PrepareAsync(StoreFixture fixture)
    {
        await PublishAsync(fixture, ("a", 1));
        var row = Assert.Single(await ReadAllAsync(fixture));
        var lease = (await TakeAsync(fixture, "relay")).Single(taken => taken.Shard == row.Shard);
        var key = new HeldKey(row.Shard, row.Message.Topic, "a");
        return (lease, new OutboxHold { Key = key, Position = row.Position, Attempts = 2, DueIn = TimeSpan.FromMinutes(1), Error = "refused" });
    }

    private static async Task<IReadOnlyList<OutboxHold>> ListAsync(StoreFixture fixture, ShardLease lease) =>
        await fixture.Store.Holds.ListAsync([lease.Shard], Token);
}
