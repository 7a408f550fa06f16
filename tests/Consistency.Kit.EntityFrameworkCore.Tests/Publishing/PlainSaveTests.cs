using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

public sealed class PlainSaveTests
{
    public static TheoryData<Engine, bool> EnginesAndWays => new()
    {
        { Engine.Sqlite, false },
        { Engine.Sqlite, true },
        { Engine.Postgres, false },
        { Engine.Postgres, true },
        { Engine.PortablePostgres, false },
    };

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_publication_is_saved_with_the_business_rows(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            db.Apples.Add(new Apple());
            db.Outbox.Publish(new OrderPlaced(Guid.Empty, 7), "a key", new Dictionary<string, string> { ["tenant"] = "t1" });
            Assert.Equal(2, await db.SaveAsync(sync));
        }

        var row = Assert.Single(await publisher.RowsAsync());
        Assert.Equal(("order-placed.v1", "orders", "a key", """{"tenant":"t1"}"""), (row.Type, row.Topic, row.Key, row.Headers));
        Assert.Equal("""{"OrderId":"00000000-0000-0000-0000-000000000000","Number":7}"""u8.ToArray(), row.Payload);
        Assert.NotEqual(Guid.Empty, row.Id);
        Assert.Equal(DateTimeKind.Utc, row.PublishedAt.Kind);
        Assert.Equal(1, await publisher.CountAsync<Apple>());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_failed_save_leaves_nothing_and_can_be_repeated(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var first))
        {
            first.Apples.Add(new Apple { Name = "taken" });
            await first.SaveAsync(sync);
        }

        await using var scope = publisher.Open(out var db);
        var apple = new Apple { Name = "taken" };
        db.Place(1);
        db.Apples.Add(apple);
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveAsync(sync));
        Assert.Empty(await publisher.RowsAsync());

        apple.Name = "free";
        await db.SaveAsync(sync);
        Assert.Equal([1], await publisher.NumbersAsync());
        await db.SaveAsync(sync);
        Assert.Equal([1], await publisher.NumbersAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_context_disposed_without_saving_leaves_nothing(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            db.Apples.Add(new Apple());
            db.Place(1);
            db.Outbox.Publish(new Zebra(), zebra => new InvoiceWritten(zebra.Id, 0), _ => "k");
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Clearing_the_change_tracker_drops_unsaved_publications(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        db.Place(1);
        db.ChangeTracker.Clear();
        db.Place(2);
        await db.SaveChangesAsync();
        Assert.Equal([2], await publisher.NumbersAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task Changes_accepted_later_are_published_once(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        db.Apples.Add(new Apple());
        db.Place(1);
        await db.SaveAsync(sync, accept: false);
        Assert.Equal(EntityState.Added, db.ChangeTracker.Entries<OutboxRow>().Single().State);
        db.ChangeTracker.AcceptAllChanges();
        await db.SaveAsync(sync);
        Assert.Equal([1], await publisher.NumbersAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_publication_made_while_saving_goes_with_that_save(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine, options => options.AddInterceptors(new PublishesWhenSaving()));
        await using var scope = publisher.Open(out var db);
        db.Apples.Add(new Apple { Bites = 3 });
        await db.SaveChangesAsync();
        Assert.Equal([3], await publisher.NumbersAsync());
        Assert.Equal(1, await publisher.CountAsync<Apple>());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Publishing_works_with_automatic_change_detection_off(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        var zebra = new Zebra();
        db.Add(zebra);
        db.Place(1);
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 0), z => "k");
        await db.SaveChangesAsync();
        Assert.Equal([1], await publisher.NumbersAsync());
        Assert.Equal([new InvoiceWritten(zebra.Id, 0)], await publisher.InvoicesAsync());
    }

    private sealed class PublishesWhenSaving : SaveChangesInterceptor
    {
        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            foreach (var apple in eventData.Context!.ChangeTracker.Entries<Apple>().ToList())
            {
                eventData.Context.Place(apple.Entity.Bites);
            }

            return ValueTask.FromResult(result);
        }
    }
}
