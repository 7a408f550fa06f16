using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Relaying;

public sealed class SweepTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.PortableSqlite)]
    [InlineData(Engine.PortablePostgres)]
    public async Task A_sweep_finds_what_lies_behind_the_marks_and_is_not_held(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await Shop.StartAsync(database, kit => kit
            .ConfigureOutbox(outbox => outbox.Relay = false)
            .ConfigureInbox(inbox => inbox.Consume = false));
        foreach (var key in (string[])["free", "held", "held", "other", "parked", "parked", "free"])
        {
            await shop.UseAsync(db =>
            {
                db.Outbox.Publish(new OrderPlaced(Guid.NewGuid(), 1), key);
                return db.SaveChangesAsync();
            });
        }

        var leases = await shop.Store.Leases.RenewAsync(new LeaseRenewal("relay", TimeSpan.FromMinutes(1), [], []), default);
        var everything = leases.Select(lease => new ShardMark(lease.Shard, lease.Epoch, long.MaxValue)).ToList();
        var rows = (await shop.Store.Outbox.SweepAsync(everything, 100, default)).OrderBy(row => row.Position).ToList();
        Assert.Equal(7, rows.Count);
        Assert.Equal(3, (await shop.Store.Outbox.SweepAsync(everything, 3, default)).Count);

        await HoldAsync(rows[1], holdsKey: true);
        await HoldAsync(rows[4], holdsKey: false);
        Assert.Equal([rows[0], rows[3], rows[5], rows[6]], await SweptAsync(everything), SameRow);

        // Nothing but the first row lies at or behind its place.
        var early = everything.ConvertAll(mark => mark with { Position = rows[0].Position });
        Assert.Equal([rows[0]], await SweptAsync(early), SameRow);

        async Task HoldAsync(OutboxRecord row, bool holdsKey)
        {
            var hold = new OutboxHold { Key = new HeldKey(row.Shard, row.Message.Topic, row.Message.Key), Position = row.Position, HoldsKey = holdsKey, DueIn = TimeSpan.FromHours(1) };
            Assert.True(await shop.Store.Holds.HoldAsync("relay", leases.First(lease => lease.Shard == row.Shard).Epoch, hold, default));
        }

        async Task<IEnumerable<OutboxRecord>> SweptAsync(IReadOnlyList<ShardMark> marks) =>
            (await shop.Store.Outbox.SweepAsync(marks, 100, default)).OrderBy(row => row.Position);

        static bool SameRow(OutboxRecord left, OutboxRecord right) =>
            left.Position == right.Position && left.Shard == right.Shard && left.Message.Id == right.Message.Id && left.Message.Key == right.Message.Key;
    }
}
