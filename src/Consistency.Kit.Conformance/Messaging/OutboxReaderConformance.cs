using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>The contract of <see cref="IOutboxReader"/>.</summary>
public abstract class OutboxReaderConformance : StoreConformance
{
    [Fact]
    public Task Committed_messages_are_read_in_the_order_of_publication_and_rolled_back_ones_never() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, ("a", 1), ("b", 1), ("a", 2));
        await using (var rolledBack = await fixture.BeginAsync(Token))
        {
            await rolledBack.PublishAsync("a", 99, Token);
        }

        await PublishAsync(fixture, ("a", 3));
        var rows = await ReadAllAsync(fixture);
        Assert.Equal([1, 2, 3], rows.Where(row => row.Message.Key == "a").Select(row => NumberOf(row.Message)));
        Assert.Equal(4, rows.Count);
        Assert.Equal(4, rows.Select(row => row.Message.Id).Distinct().Count());
    });

    [Fact]
    public Task Messages_of_one_key_are_in_one_shard() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, [.. Enumerable.Range(0, 60).Select(number => ($"key-{number % 20}", number))]);
        var rows = await ReadAllAsync(fixture);
        Assert.All(rows.GroupBy(row => row.Message.Key), key => Assert.Single(key.Select(row => row.Shard).Distinct()));
        Assert.True(rows.Select(row => row.Shard).Distinct().Count() > 1, "Twenty keys should not all be in one shard.");
    });

    [Fact]
    public Task Rows_at_or_below_the_range_and_in_flight_ones_are_left_out() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, ("a", 1), ("a", 2), ("a", 3), ("a", 4));
        var rows = await ReadAllAsync(fixture);
        var page = await ReadAsync(fixture, rows[0].Shard, rows[0].Position, inFlight: [rows[2].Position]);
        Assert.Equal([2, 4], page.Records.Select(row => NumberOf(row.Message)));
    });

    [Fact]
    public Task Each_shard_is_read_from_where_it_stands_and_others_are_left_out() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, [.. Enumerable.Range(0, 60).Select(number => ($"key-{number % 20}", number))]);
        var rows = await ReadAllAsync(fixture);
        var (behind, ahead) = (rows[0].Shard, rows.First(row => row.Shard != rows[0].Shard).Shard);
        var middle = rows.Where(row => row.Shard == ahead).ElementAt(1).Position;
        var page = await fixture.Store.Outbox.ReadAsync(
            new OutboxRead([new ShardRange(ahead, middle), new ShardRange(behind, 0)], 100, long.MaxValue, [], ListWriters: false), Token);
        Assert.Equal(
            rows.Where(row => row.Shard == behind || (row.Shard == ahead && row.Position > middle)).Select(row => row.Position),
            page.Records.Select(row => row.Position));
        Assert.False(page.IsCutOff);
    });

    [Fact]
    public Task A_page_holds_no_more_rows_than_asked_for_and_the_lowest_ones() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, [.. Enumerable.Range(1, 10).Select(number => ("a", number))]);
        var rows = await ReadAllAsync(fixture);
        var page = await ReadAsync(fixture, rows[0].Shard, 0, limit: 4);
        Assert.Equal([1, 2, 3, 4], page.Records.Select(row => NumberOf(row.Message)));
        Assert.True(page.IsCutOff);
    });

    [Fact]
    public Task A_page_that_grows_too_large_is_cut_off_after_its_lowest_rows() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, [.. Enumerable.Range(10, 10).Select(number => ("a", number))]);
        var rows = await ReadAllAsync(fixture);
        var page = await ReadAsync(fixture, rows[0].Shard, 0, bytes: 6);
        Assert.True(page.IsCutOff);
        Assert.InRange(page.Records.Count, 1, 9);
        Assert.Equal(Enumerable.Range(10, page.Records.Count), page.Records.Select(row => NumberOf(row.Message)));

        // However small the limit, a page holds something, or nothing would ever be read.
        Assert.NotEmpty((await ReadAsync(fixture, rows[0].Shard, 0, bytes: 1)).Records);
    });

    [Fact]
    public Task A_key_is_read_between_two_positions_without_any_other() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, ("a", 1), ("b", 1), ("a", 2), ("a", 3), ("a", 4));
        var rows = (await ReadAllAsync(fixture)).Where(row => row.Message.Key == "a").ToList();
        var key = new HeldKey(rows[0].Shard, rows[0].Message.Topic, "a");
        Assert.Equal([2, 3], (await fixture.Store.Outbox.ReadKeyAsync(key, rows[1].Position, rows[2].Position, 10, Token)).Select(row => NumberOf(row.Message)));
        Assert.Equal([1, 2], (await fixture.Store.Outbox.ReadKeyAsync(key, 0, long.MaxValue, 2, Token)).Select(row => NumberOf(row.Message)));
    });

    [Fact]
    public Task Exactly_the_named_rows_are_deleted_and_deleting_again_is_no_error() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, [.. Enumerable.Range(1, 6).Select(number => ("a", number))]);
        var rows = await ReadAllAsync(fixture);
        OutboxPosition[] named = [new(rows[1].Shard, rows[1].Position), new(rows[3].Shard, rows[3].Position)];
        await fixture.Store.Outbox.DeleteAsync(named, Token);
        await fixture.Store.Outbox.DeleteAsync(named, Token);
        Assert.Equal([1, 3, 5, 6], (await ReadAllAsync(fixture)).Select(row => NumberOf(row.Message)));
    });

    [Fact]
    public Task Positions_are_never_given_twice_not_even_when_the_outbox_was_empty() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, ("a", 1));
        var first = Assert.Single(await ReadAllAsync(fixture));
        await fixture.Store.Outbox.DeleteAsync([new OutboxPosition(first.Shard, first.Position)], Token);
        await PublishAsync(fixture, ("a", 2));
        Assert.True(Assert.Single(await ReadAllAsync(fixture)).Position > first.Position);
    });

    [Fact]
    public Task The_sweep_finds_what_lies_at_or_behind_the_mark_unless_it_is_held() => WithStoreAsync(async fixture =>
    {
        await PublishAsync(fixture, ("a", 1), ("a", 2), ("a", 3));
        var rows = await ReadAllAsync(fixture);
        var lease = (await TakeAsync(fixture, "relay")).Single(lease => lease.Shard == rows[0].Shard);
        ShardMark[] marks = [new(lease.Shard, lease.Epoch, rows[1].Position)];
        Assert.Equal([1, 2], (await fixture.Store.Outbox.SweepAsync(marks, 10, Token)).Select(row => NumberOf(row.Message)));

        var key = new HeldKey(lease.Shard, rows[0].Message.Topic, "a");
        await fixture.Store.Holds.HoldAsync("relay", lease.Epoch, new OutboxHold { Key = key, Position = rows[0].Position, DueIn = LongLease }, Token);
        Assert.Empty(await fixture.Store.Outbox.SweepAsync(marks, 10, Token));
    });

    [Fact]
    public Task An_open_transaction_is_listed_hides_its_rows_and_keeps_nobody_waiting() => WithStoreAsync(async fixture =>
    {
        Assert.SkipUnless(fixture.Store.Outbox.Writers == WriterVisibility.Listed, "Not promised here: the store cannot list its writers.");
        await using var open = await fixture.BeginAsync(Token);
        await open.PublishAsync("long", 1, Token);
        await PublishAsync(fixture, ("a", 1));
        Assert.Equal("a", Assert.Single(await ReadAllAsync(fixture)).Message.Key);
        var during = await ListAsync(fixture);
        Assert.Single(during.Writers);
        Assert.Equal(2, during.LastPosition);

        await open.CommitAsync(Token);
        Assert.Empty((await ListAsync(fixture)).Writers);
        var rows = await ReadAllAsync(fixture);
        Assert.Equal(["long", "a"], rows.Select(row => row.Message.Key));
    });

    [Fact]
    public Task Writers_have_names_of_their_own_and_keep_them() => WithStoreAsync(async fixture =>
    {
        Assert.SkipUnless(fixture.Store.Outbox.Writers == WriterVisibility.Listed, "Not promised here: the store cannot list its writers.");
        var seen = new HashSet<string>();
        for (var round = 0; round < 5; round++)
        {
            await using var open = await fixture.BeginAsync(Token);
            await open.PublishAsync("a", round, Token);
            var name = Assert.Single((await ListAsync(fixture)).Writers);
            await open.PublishAsync("b", round, Token);
            Assert.Equal(name, Assert.Single((await ListAsync(fixture)).Writers));
            Assert.True(seen.Add(name), $"The name '{name}' was used twice.");
        }
    });

    private static async Task<OutboxPage> ReadAsync(StoreFixture fixture, int shard, long after, int limit = 100, long bytes = long.MaxValue, long[]? inFlight = null) =>
        await fixture.Store.Outbox.ReadAsync(new OutboxRead([new ShardRange(shard, after)], limit, bytes, inFlight ?? [], ListWriters: false), Token);

    private static async Task<WriterListing> ListAsync(StoreFixture fixture)
    {
        var page = await fixture.Store.Outbox.ReadAsync(new OutboxRead([], 1, long.MaxValue, [], ListWriters: true), Token);
        Assert.NotNull(page.Writers);
        return page.Writers;
    }
}
