using System.Globalization;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

/// <summary>A position taken after the business row's lock follows the order in which that row was changed.</summary>
public sealed class SavingOrderTests
{
    [Theory]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.Postgres, false)]
    [InlineData(Engine.PortablePostgres, true)]
    public async Task The_outbox_is_written_after_every_other_table(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        var apple = new Apple();
        var ledger = new Ledger();
        var old = new Zebra { Stripes = [new Stripe()] };
        db.AddRange(apple, ledger, old);
        await db.SaveChangesAsync();
        publisher.Log.Clear();

        db.Place(1);
        db.Add(new Zebra { Stripes = [new Stripe(), new Stripe()], Herds = [new Herd()] });
        apple.Bites++;
        db.Place(2);
        ledger.Version++;
        db.Remove(old.Stripes[0]);
        old.Name = "changed";
        db.Place(3, "another key");
        await db.SaveAsync(sync);

        var statements = publisher.Log.Statements;
        var first = statements.ToList().FindIndex(IsPublication);
        Assert.True(first > 4, string.Join('\n', statements));
        Assert.All(statements.Skip(first), statement => Assert.True(IsPublication(statement), string.Join('\n', statements)));
        Assert.Equal(3, statements.Count(IsPublication));
        Assert.Equal([1, 2, 3], await publisher.NumbersAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_outbox_is_written_last_also_when_a_message_waits_for_keys(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        var zebra = new Zebra { Stripes = [new Stripe()], Herds = [new Herd()] };
        db.Place(1);
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 0), z => "k");
        db.AddRange(zebra, new Apple());
        await db.SaveChangesAsync();

        var statements = publisher.Log.Statements.Where(statement => !statement.StartsWith("SELECT", StringComparison.Ordinal)).ToList();
        Assert.All(statements.SkipLast(2), statement => Assert.False(IsPublication(statement), string.Join('\n', statements)));
        Assert.All(statements.TakeLast(2), statement => Assert.True(IsPublication(statement), string.Join('\n', statements)));
    }

    [Theory]
    [InlineData(Engine.Sqlite, 300)]
    [InlineData(Engine.Postgres, 2_500)]
    public async Task Positions_follow_the_order_of_publication(Engine engine, int count)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        for (var number = 0; number < count; number++)
        {
            db.Place(number, number.ToString(CultureInfo.InvariantCulture));
            db.Apples.Add(new Apple());
        }

        await db.SaveChangesAsync();
        Assert.Equal(Enumerable.Range(0, count), await publisher.NumbersAsync());
    }

    [Fact]
    public async Task SQLite_never_gives_a_position_twice()
    {
        await using var publisher = await Publisher.StartAsync(Engine.Sqlite);
        await using var scope = publisher.Open(out var db);
        db.Place(1);
        await db.SaveChangesAsync();
        var first = (await publisher.RowsAsync()).Single().Position;
        await db.Database.ExecuteSqlRawAsync("DELETE FROM consistency_outbox");
        db.Place(2);
        await db.SaveChangesAsync();
        Assert.True((await publisher.RowsAsync()).Single().Position > first);
    }

    /// <summary>Without concurrency tokens: an UPDATE takes the row's lock, so the last one to have it must have the last position.</summary>
    [Fact]
    public async Task The_last_event_of_concurrently_updated_orders_equals_their_rows()
    {
        const int orders = 2_000;
        const int workers = 12;
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        var ids = Enumerable.Range(0, orders).Select(_ => Guid.CreateVersion7()).ToArray();
        await using (publisher.Open(out var db))
        {
            db.AddRange(ids.Select(id => new Zoo { Id = id }));
            await db.SaveChangesAsync();
        }

        // Neighbouring workers update the same order at the same time.
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, workers).Select(worker => Task.Run(async () =>
        {
            for (var turn = Interlocked.Increment(ref next); turn < orders * 4; turn = Interlocked.Increment(ref next))
            {
                var id = ids[turn / 4];
                await using var scope = publisher.Open(out var db);
                var zoo = await db.Set<Zoo>().SingleAsync(x => x.Id == id);
                zoo.Value = turn + 1;
                db.Outbox.Publish(new OrderPlaced(id, zoo.Value), id.ToString());
                await db.SaveChangesAsync();
            }
        })));

        await using var check = publisher.Open(out var reader);
        var rows = await reader.Set<Zoo>().AsNoTracking().ToDictionaryAsync(zoo => zoo.Id, zoo => zoo.Value);
        var last = new Dictionary<Guid, int>();
        foreach (var placed in await publisher.OrdersAsync())
        {
            last[placed.OrderId] = placed.Number;
        }

        Assert.Equal(orders, last.Count);
        Assert.Equal(0, rows.Count(row => row.Value != last[row.Key]));
    }

    private static bool IsPublication(string statement) => statement.Contains("INSERT INTO", StringComparison.Ordinal) && statement.Contains("consistency_outbox", StringComparison.Ordinal);
}
