using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>The contract of <see cref="IOutboxLeases"/>.</summary>
public abstract class OutboxLeasesConformance : StoreConformance
{
    private static readonly TimeSpan ShortLease = TimeSpan.FromMilliseconds(300);

    [Fact]
    public Task A_lone_relay_has_all_shards_and_keeps_them_in_the_same_epochs() => WithStoreAsync(async fixture =>
    {
        var first = await TakeAsync(fixture, "one");
        Assert.NotEmpty(first);
        var again = await TakeAsync(fixture, "one");
        Assert.Equal(Epochs(first), Epochs(again));
    });

    [Fact]
    public Task No_shard_has_two_owners() => WithStoreAsync(async fixture =>
    {
        var one = await TakeAsync(fixture, "one");
        var two = await TakeAsync(fixture, "two");
        Assert.Empty(Numbers(one).Intersect(Numbers(two)));
    });

    [Fact]
    public Task Living_relays_come_to_equal_shares() => WithStoreAsync(async fixture =>
    {
        SkipUnlessShared(fixture);
        var all = (await TakeAsync(fixture, "one")).Count;
        await TakeAsync(fixture, "two");
        var one = await TakeAsync(fixture, "one");
        var two = await TakeAsync(fixture, "two");
        Assert.Equal(all / 2, one.Count);
        Assert.Equal(all - one.Count, two.Count);
        Assert.Empty(Numbers(one).Intersect(Numbers(two)));
    });

    [Fact]
    public Task A_shard_with_a_send_under_way_is_not_given_up() => WithStoreAsync(async fixture =>
    {
        SkipUnlessShared(fixture);
        var all = Numbers(await TakeAsync(fixture, "one"));
        await TakeAsync(fixture, "two");
        var kept = await fixture.Store.Leases.RenewAsync(new LeaseRenewal("one", LongLease, [], all), Token);
        Assert.Equal(all, Numbers(kept));
    });

    [Fact]
    public Task What_a_dead_relay_had_passes_on_in_a_higher_epoch() => WithStoreAsync(async fixture =>
    {
        var dead = await fixture.Store.Leases.RenewAsync(new LeaseRenewal("dead", ShortLease, [], []), Token);
        IReadOnlyList<ShardLease> heirs = [];
        await EventuallyAsync(async () => (heirs = await TakeAsync(fixture, "heir")).Count == dead.Count, "the heir has all shards");
        Assert.All(heirs, heir => Assert.True(heir.Epoch > dead.Single(lease => lease.Shard == heir.Shard).Epoch));
    });

    [Fact]
    public Task A_lease_that_ran_out_is_not_renewed_in_its_old_epoch() => WithStoreAsync(async fixture =>
    {
        var first = await fixture.Store.Leases.RenewAsync(new LeaseRenewal("one", ShortLease, [], []), Token);
        IReadOnlyList<ShardLease> taken = [];
        await fixture.Store.Leases.ReleaseAsync("one", [], Token);
        await EventuallyAsync(async () => (taken = await TakeAsync(fixture, "one")).Count == first.Count, "the relay has all shards again");
        Assert.All(taken, lease => Assert.True(lease.Epoch > first.Single(old => old.Shard == lease.Shard).Epoch));
    });

    [Fact]
    public Task Released_shards_are_free_at_once() => WithStoreAsync(async fixture =>
    {
        var one = await TakeAsync(fixture, "one");
        await fixture.Store.Leases.ReleaseAsync("one", [], Token);
        Assert.Equal(Numbers(one), Numbers(await TakeAsync(fixture, "two")));
    });

    [Fact]
    public Task Marks_are_kept_never_fall_and_are_handed_on() => WithStoreAsync(async fixture =>
    {
        SkipUnlessShared(fixture);
        var lease = (await TakeAsync(fixture, "one"))[0];
        Assert.Equal(40, await MarkAsync(fixture, "one", lease with { Mark = 40 }));
        Assert.Equal(40, await MarkAsync(fixture, "one", lease with { Mark = 30 }));
        await fixture.Store.Leases.ReleaseAsync("one", [new ShardMark(lease.Shard, lease.Epoch, 50)], Token);
        Assert.Equal(50, (await TakeAsync(fixture, "two")).Single(taken => taken.Shard == lease.Shard).Mark);
    });

    [Fact]
    public Task A_mark_of_an_older_epoch_changes_nothing() => WithStoreAsync(async fixture =>
    {
        SkipUnlessShared(fixture);
        var old = (await TakeAsync(fixture, "one"))[0];
        await fixture.Store.Leases.ReleaseAsync("one", [], Token);
        await TakeAsync(fixture, "one");
        Assert.Equal(0, await MarkAsync(fixture, "one", old with { Mark = 40 }));
    });

    private static async Task<long> MarkAsync(StoreFixture fixture, string owner, ShardLease lease)
    {
        var renewed = await fixture.Store.Leases.RenewAsync(
            new LeaseRenewal(owner, LongLease, [new ShardMark(lease.Shard, lease.Epoch, lease.Mark)], []), Token);
        return renewed.Single(kept => kept.Shard == lease.Shard).Mark;
    }

    private static void SkipUnlessShared(StoreFixture fixture) =>
        Assert.SkipUnless(fixture.Store.Outbox.Writers == WriterVisibility.Listed, "Not promised here: one relay at a time has all shards of this store, and it keeps no marks.");

    private static int[] Numbers(IEnumerable<ShardLease> leases) => [.. leases.Select(lease => lease.Shard).Order()];

    private static IEnumerable<(int, long)> Epochs(IEnumerable<ShardLease> leases) => leases.Select(lease => (lease.Shard, lease.Epoch)).Order();
}
