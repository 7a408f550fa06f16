using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

public sealed class WakeTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_commit_wakes_the_relay_and_a_rollback_does_not(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        var store = publisher.Services.GetRequiredService<MessagingStore>();
        Task<bool> IsWokenAsync() => store.OutboxSignal.WaitAsync(TimeSpan.Zero, TimeProvider.System, default).AsTask();

        await using var scope = publisher.Open(out var db);
        db.Apples.Add(new Apple());
        await db.SaveChangesAsync();
        Assert.False(await IsWokenAsync(), "nothing was published");

        db.Place(1);
        await db.SaveChangesAsync();
        Assert.True(await IsWokenAsync(), "a plain save was committed");

        foreach (var commit in (bool[])[false, true])
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Place(2);
            await db.SaveChangesAsync();
            Assert.False(await IsWokenAsync(), "not committed yet");
            await (commit ? transaction.CommitAsync() : transaction.RollbackAsync());
            Assert.Equal(commit, await IsWokenAsync());
        }

        db.ChangeTracker.Clear();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            db.Apples.Add(new Apple());
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        Assert.False(await IsWokenAsync(), "a transaction without publications was committed");
    }
}
