using System.Transactions;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

public sealed class TransactionScopeTests
{
    [Theory]
    [InlineData(Engine.Postgres, false)]
    [InlineData(Engine.Postgres, true)]
    [InlineData(Engine.PortablePostgres, false)]
    public async Task A_completed_scope_publishes_and_an_abandoned_one_leaves_nothing(Engine engine, bool sync)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        foreach (var complete in (bool[])[false, true])
        {
            await using var services = publisher.Open(out var db);
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            var zebra = new Zebra();
            db.Add(zebra);
            db.Place(complete ? 1 : 0);
            db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, 1), z => "k");
            await db.SaveAsync(sync);
            db.Apples.Add(new Apple());
            db.Place(complete ? 2 : 0);
            await db.SaveAsync(sync);
            if (complete)
            {
                scope.Complete();
            }
        }

        Assert.Equal([1, 2], await publisher.NumbersAsync());
        Assert.Single(await publisher.InvoicesAsync());
        Assert.Equal((1, 1), (await publisher.CountAsync<Apple>(), await publisher.CountAsync<Zebra>()));
    }

    [Fact]
    public async Task The_relay_is_woken_when_the_scope_completes_and_not_when_it_is_abandoned()
    {
        await using var publisher = await Publisher.StartAsync(Engine.Postgres);
        var store = publisher.Services.GetRequiredService<MessagingStore>();
        foreach (var complete in (bool[])[false, true])
        {
            await using var services = publisher.Open(out var db);
            using (var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            {
                db.Place(1);
                await db.SaveChangesAsync();
                Assert.False(await store.OutboxSignal.WaitAsync(TimeSpan.Zero, TimeProvider.System, default), "woken before the commit");
                if (complete)
                {
                    scope.Complete();
                }
            }

            Assert.Equal(complete, await store.OutboxSignal.WaitAsync(complete ? TimeSpan.FromSeconds(10) : TimeSpan.Zero, TimeProvider.System, default));
        }
    }

    [Fact]
    public async Task SQLite_refuses_a_scope_and_saves_nothing()
    {
        await using var publisher = await Publisher.StartAsync(Engine.Sqlite);
        await using (publisher.Open(out var db))
        {
            using var scope = new TransactionScope(TransactionScopeAsyncFlowOption.Enabled);
            db.Apples.Add(new Apple());
            db.Place(1);
            var refused = await Assert.ThrowsAnyAsync<Exception>(() => db.SaveChangesAsync());
            Assert.Contains("does not support ambient transactions", refused.ToString(), StringComparison.Ordinal);
            scope.Complete();
        }

        await publisher.AssertNothingSavedAsync();
    }
}
