using System.Globalization;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

public sealed class GeneratedKeyTests
{
    public static TheoryData<Engine, bool> EnginesAndWays => PlainSaveTests.EnginesAndWays;

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task The_message_sees_the_keys_of_the_entity_and_of_its_children(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        var zebra = new Zebra { Stripes = [new Stripe(), new Stripe()] };
        var foreignKey = 0L;
        db.Add(zebra);
        db.Outbox.Publish(
            zebra,
            z =>
            {
                foreignKey = z.Stripes[1].ZebraId;
                return new InvoiceWritten(z.Id, z.Stripes[1].Id);
            },
            z => z.Id.ToString(CultureInfo.InvariantCulture));
        await db.SaveAsync(sync);

        Assert.NotEqual(0, zebra.Id);
        Assert.Equal([new InvoiceWritten(zebra.Id, zebra.Stripes[1].Id)], await publisher.InvoicesAsync());
        Assert.Equal(zebra.Id, foreignKey);
        Assert.Equal(zebra.Id.ToString(CultureInfo.InvariantCulture), (await publisher.RowsAsync()).Single().Key);
        Assert.False(db.ChangeTracker.HasChanges());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task It_works_beside_many_to_many_rows(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        var zebra = new Zebra { Herds = [new Herd(), new Herd()] };
        db.Add(zebra);
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, z.Herds[0].Id), z => "k");
        await db.SaveAsync(sync);
        Assert.Equal([new InvoiceWritten(zebra.Id, zebra.Herds[0].Id)], await publisher.InvoicesAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_message_that_cannot_be_made_leaves_nothing_and_the_entities_as_they_were(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            var zebra = new Zebra { Stripes = [new Stripe()] };
            var wrong = true;
            db.Add(zebra);
            db.Place(1);
            db.Outbox.Publish(zebra, z => wrong ? throw new NotSupportedException("No.") : new InvoiceWritten(z.Id, 0), z => "k");
            var thrown = await Record.ExceptionAsync(() => db.SaveAsync(sync));
            Assert.IsType<NotSupportedException>(thrown is DbUpdateException ? thrown.InnerException : thrown);
            Assert.Equal((0, 0, 0), (zebra.Id, zebra.Stripes[0].Id, zebra.Stripes[0].ZebraId));
            await publisher.AssertNothingSavedAsync();

            wrong = false;
            await db.SaveAsync(sync);
            Assert.Equal([new InvoiceWritten(zebra.Id, 0)], await publisher.InvoicesAsync());
            Assert.Equal([1], await publisher.NumbersAsync());
        }
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_key_that_is_refused_leaves_nothing(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            var zebra = new Zebra();
            db.Add(zebra);
            db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 0), z => "");
            Assert.NotNull(await Record.ExceptionAsync(() => db.SaveAsync(sync)));
            Assert.Equal(0, zebra.Id);
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_save_that_fails_leaves_nothing_and_the_entities_as_they_were(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var first))
        {
            first.Add(new Zebra { Stripes = [new Stripe { Color = "taken" }] });
            await first.SaveChangesAsync();
        }

        await using (publisher.Open(out var db))
        {
            var zebra = new Zebra { Stripes = [new Stripe { Color = "taken" }] };
            db.Add(zebra);
            db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 0), z => "k");
            await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveAsync(sync));
            Assert.Equal(0, zebra.Id);
        }

        Assert.Equal(1, await publisher.CountAsync<Zebra>());
        Assert.Empty(await publisher.RowsAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task All_publications_of_a_save_keep_their_order(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        var zebra = new Zebra();
        db.Add(zebra);
        db.Place(1);
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 2), z => "k");
        db.Place(3);
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 4), z => "k");
        await db.SaveAsync(sync);
        Assert.Equal(
            ["order-placed.v1", "invoice-written.v1", "order-placed.v1", "invoice-written.v1"],
            (await publisher.RowsAsync()).Select(row => row.Type));
        Assert.Equal([2, 4], (await publisher.InvoicesAsync()).Select(invoice => invoice.FirstLineId));
        Assert.Equal([1, 3], await publisher.NumbersAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task It_works_for_an_entity_that_was_saved_before(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        var zebra = new Zebra();
        db.Add(zebra);
        await db.SaveAsync(sync);
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 1), z => "k");
        await db.SaveAsync(sync);
        zebra.Name = "changed";
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, z.Name.Length), z => "k");
        await db.SaveAsync(sync);
        Assert.Equal([new InvoiceWritten(zebra.Id, 1), new InvoiceWritten(zebra.Id, 7)], await publisher.InvoicesAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task An_entity_may_be_added_after_the_publication(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        var zebra = new Zebra();
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 1), z => "k");
        db.Add(zebra);
        await db.SaveAsync(sync);
        Assert.Equal([new InvoiceWritten(zebra.Id, 1)], await publisher.InvoicesAsync());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task An_entity_that_is_never_added_is_refused(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            db.Add(new Apple());
            db.Outbox.Publish(new Zebra(), z => new InvoiceWritten(z.Id, 1), z => "k");
            var refused = await Record.ExceptionAsync(() => db.SaveAsync(sync));
            Assert.Contains("Zebra is not tracked by PublishingDb", (refused is DbUpdateException ? refused.InnerException : refused)!.Message, StringComparison.Ordinal);
        }

        await publisher.AssertNothingSavedAsync();
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task Inside_a_transaction_it_is_committed_or_rolled_back_with_it(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        var kept = 0L;
        foreach (var commit in (bool[])[false, true])
        {
            await using var scope = publisher.Open(out var db);
            await using var transaction = await db.Database.BeginTransactionAsync();
            var zebra = new Zebra();
            db.Add(zebra);
            db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 1), z => "k");
            await db.SaveAsync(sync);
            if (commit)
            {
                kept = zebra.Id;
                await transaction.CommitAsync();
            }
        }

        Assert.Equal([new InvoiceWritten(kept, 1)], await publisher.InvoicesAsync());
        Assert.Equal(1, await publisher.CountAsync<Zebra>());
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task A_message_that_cannot_be_made_inside_a_transaction_keeps_what_was_saved_before(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Place(1);
        await db.SaveAsync(sync);
        var zebra = new Zebra();
        db.Add(zebra);
        db.Outbox.Publish<Zebra, InvoiceWritten>(zebra, _ => throw new NotSupportedException("No."), z => "k");
        Assert.NotNull(await Record.ExceptionAsync(() => db.SaveAsync(sync)));
        db.ChangeTracker.Clear();
        await transaction.CommitAsync();
        Assert.Equal([1], await publisher.NumbersAsync());
        Assert.Equal(0, await publisher.CountAsync<Zebra>());
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task Without_automatic_transactions_it_is_refused(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using (publisher.Open(out var db))
        {
            db.Database.AutoTransactionBehavior = AutoTransactionBehavior.Never;
            var zebra = new Zebra();
            db.Add(zebra);
            db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 1), z => "k");
            var refused = await Record.ExceptionAsync(() => db.SaveChangesAsync());
            Assert.Contains("AutoTransactionBehavior.Never", refused!.Message + refused.InnerException?.Message, StringComparison.Ordinal);
        }

        await publisher.AssertNothingSavedAsync();
    }
}
