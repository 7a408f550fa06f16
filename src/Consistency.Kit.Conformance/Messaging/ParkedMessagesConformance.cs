using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>The contract of <see cref="IParkedMessages"/>, on both sides.</summary>
public abstract class ParkedMessagesConformance : StoreConformance
{
    [Fact]
    public Task Parked_messages_of_both_sides_are_listed_with_all_an_operator_needs() => WithStoreAsync(async fixture =>
    {
        var (unsent, unhandled) = await ParkAsync(fixture);
        Assert.Equal((ParkedSide.Outbox, null, "too large", 5, true), (unsent.Id.Side, unsent.Consumer, unsent.Error, unsent.Attempts, unsent.HoldsKey));
        Assert.Equal((ParkedSide.Inbox, "c", "broken", 10, true), (unhandled.Id.Side, unhandled.Consumer, unhandled.Error, unhandled.Attempts, unhandled.HoldsKey));
        Assert.Equal(("out", 1), (unsent.Message.Key, NumberOf(unsent.Message)));
        Assert.Equal(("in", 1), (unhandled.Message.Key, NumberOf(unhandled.Message)));
        Assert.All([unsent, unhandled], parked => Assert.InRange(TimeProvider.System.GetUtcNow() - parked.ParkedAt, -LongLease, LongLease));
    });

    [Fact]
    public Task The_oldest_come_first_and_no_more_than_asked_for() => WithStoreAsync(async fixture =>
    {
        for (var number = 0; number < 4; number++)
        {
            await fixture.Store.InboxHolds.HoldAsync([new HeldMessage { Consumer = "c", Message = Message("in", number) }], Token);
        }

        Assert.Equal([0, 1, 2], (await fixture.Store.Parked.ListAsync(3, Token)).Select(parked => NumberOf(parked.Message)));
    });

    [Fact]
    public Task A_requeued_message_is_due_at_once_from_its_first_attempt_on_and_listed_no_more() => WithStoreAsync(async fixture =>
    {
        var (unsent, unhandled) = await ParkAsync(fixture);
        Assert.True(await fixture.Store.Parked.RequeueAsync(unsent.Id, Token));
        Assert.True(await fixture.Store.Parked.RequeueAsync(unhandled.Id, Token));
        Assert.Empty(await fixture.Store.Parked.ListAsync(10, Token));
        Assert.False(await fixture.Store.Parked.RequeueAsync(unsent.Id, Token));
        Assert.False(await fixture.Store.Parked.DiscardAsync(unhandled.Id, Token));

        var hold = Assert.Single(await fixture.Store.Holds.ListAsync([unsent.Id.Shard], Token));
        Assert.True(hold is { Attempts: 0, HoldsKey: true, DueIn: { } due } && due <= TimeSpan.FromSeconds(1));
        var held = Assert.Single(await fixture.Store.InboxHolds.ListDueAsync(["c"], LongLease, 10, Token));
        Assert.True(held.Attempts == 0 && held.DueIn <= TimeSpan.FromSeconds(1));
    });

    [Fact]
    public Task A_discarded_message_is_gone_for_good() => WithStoreAsync(async fixture =>
    {
        var (unsent, unhandled) = await ParkAsync(fixture);
        Assert.True(await fixture.Store.Parked.DiscardAsync(unsent.Id, Token));
        Assert.True(await fixture.Store.Parked.DiscardAsync(unhandled.Id, Token));
        Assert.Empty(await fixture.Store.Parked.ListAsync(10, Token));
        Assert.False(await fixture.Store.Parked.DiscardAsync(unsent.Id, Token));
        Assert.False(await fixture.Store.Parked.RequeueAsync(unhandled.Id, Token));
        Assert.Empty(await fixture.Store.InboxHolds.ListDueAsync(["c"], LongLease, 10, Token));

        // What is left of the hold is due, so that the relay lets the key's later messages go.
        var key = new HeldKey(unsent.Id.Shard, unsent.Message.Topic, unsent.Message.Key);
        Assert.Equal([2], (await fixture.Store.Outbox.ReadKeyAsync(key, unsent.Id.Position, long.MaxValue, 10, Token)).Select(row => NumberOf(row.Message)));
        Assert.All(await fixture.Store.Holds.ListAsync([unsent.Id.Shard], Token), hold => Assert.True(hold.DueIn <= TimeSpan.FromSeconds(1)));
    });

    private static async Task<(ParkedMessage Unsent, ParkedMessage Unhandled)> ParkAsync(StoreFixture fixture)
    {
        await PublishAsync(fixture, ("out", 1), ("out", 2));
        var row = (await ReadAllAsync(fixture))[0];
        var lease = (await TakeAsync(fixture, "relay")).Single(taken => taken.Shard == row.Shard);
        var key = new HeldKey(row.Shard, row.Message.Topic, row.Message.Key);
        await fixture.Store.Holds.HoldAsync("relay", lease.Epoch, new OutboxHold { Key = key, Position = row.Position, Attempts = 5, Error = "too large" }, Token);
        await fixture.Store.InboxHolds.HoldAsync([new HeldMessage { Consumer = "c", Message = Message("in", 1), Attempts = 10, Error = "broken" }], Token);
        var parked = await fixture.Store.Parked.ListAsync(10, Token);
        return (parked.Single(message => message.Id.Side == ParkedSide.Outbox), parked.Single(message => message.Id.Side == ParkedSide.Inbox));
    }
}
