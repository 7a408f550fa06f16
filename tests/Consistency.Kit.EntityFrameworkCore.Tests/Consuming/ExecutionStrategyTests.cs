using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Consuming;

public sealed class ExecutionStrategyTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task A_retrying_strategy_runs_an_attempt_again_in_a_fresh_scope(int batch)
    {
        var failures = 2;
        var attempts = new List<int>();
        var behaviour = new Behaviour
        {
            OnOrder = (context, _) =>
            {
                attempts.Add(context.Attempt);
                return failures-- > 0 ? throw new TimeoutException("Npgsql calls this transient.") : Task.CompletedTask;
            },
        };
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var shop = await HandlingShop.StartAsync(
            database,
            behaviour,
            services: services => services.ConfigureDbContext<ShopDb>(options => options.UseNpgsql(
                database.ConnectionString, postgres => postgres.EnableRetryOnFailure(5, TimeSpan.FromMilliseconds(50), null))),
            handler: handler => handler.InBatches(batch));
        await shop.PublishAsync("a", 1);
        await shop.HasDoneAsync("a", 1);
        await shop.DrainedAsync();

        // The strategy did it, without a hold: it stayed the first attempt, each time with a handler of its own.
        Assert.Equal([1, 1, 1], attempts);
        Assert.Equal(3, behaviour.Instances);
    }

    [Fact]
    public async Task Everything_works_under_a_retrying_strategy()
    {
        var poisonous = true;
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var shop = await HandlingShop.StartAsync(
            database,
            Behaviour.FailingOn("a", 2, () => poisonous),
            services: services => services.ConfigureDbContext<ShopDb>(options => options.UseNpgsql(database.ConnectionString, postgres => postgres.EnableRetryOnFailure())));
        await shop.PublishAsync("a", 1, 2, 3);
        var parked = await shop.ParkedAsync();
        poisonous = false;
        await shop.Store.Parked.RequeueAsync(parked.Id, default);
        await shop.HasDoneAsync("a", 1, 2, 3);
        await shop.DrainedAsync();
    }
}
