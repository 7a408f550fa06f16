using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

public sealed class RegistrationTests
{
    public enum Way
    {
        Scoped,
        Pool,
        Factory,
        PooledFactory,
    }

    public static TheoryData<Engine, Way> EnginesAndWays
    {
        get
        {
            var data = new TheoryData<Engine, Way>();
            foreach (var way in Enum.GetValues<Way>())
            {
                data.Add(Engine.Sqlite, way);
                data.Add(Engine.Postgres, way);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EnginesAndWays))]
    public async Task However_the_context_is_registered_it_publishes(Engine engine, Way way)
    {
        await using var publisher = await Publisher.StartAsync(engine, register: (services, configure) => Register(services, configure, way));
        for (var number = 1; number <= 3; number++)
        {
            await using var scope = publisher.Services.CreateAsyncScope();
            await using var db = way is Way.Factory or Way.PooledFactory
                ? await scope.ServiceProvider.GetRequiredService<IDbContextFactory<PublishingDb>>().CreateDbContextAsync()
                : scope.ServiceProvider.GetRequiredService<PublishingDb>();
            db.Apples.Add(new Apple());
            db.Place(number);
            await db.SaveChangesAsync();
        }

        Assert.Equal([1, 2, 3], await publisher.NumbersAsync());
        var store = publisher.Services.GetRequiredService<MessagingStore>();
        Assert.Empty(await store.Schema.CheckAsync(CancellationToken.None));
        Assert.True(await store.OutboxSignal.WaitAsync(TimeSpan.Zero, TimeProvider.System, CancellationToken.None));
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task A_pooled_context_forgets_what_was_not_saved(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine, register: (services, configure) => services.AddDbContextPool<PublishingDb>(configure, poolSize: 1));
        DbContextId first;
        await using (publisher.Open(out var db))
        {
            first = db.ContextId;
            db.Apples.Add(new Apple { Name = "taken" });
            await db.SaveChangesAsync();
            db.Apples.Add(new Apple { Name = "taken" });
            db.Place(1);
            await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
        }

        await using (publisher.Open(out var db))
        {
            Assert.Equal(first.InstanceId, db.ContextId.InstanceId);
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Place(2);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        Assert.Equal([2], await publisher.NumbersAsync());
    }

    [Fact]
    public async Task Code_that_should_not_see_the_context_publishes_through_IOutbox()
    {
        await using var publisher = await Publisher.StartAsync(Engine.Sqlite);
        await using var scope = publisher.Open(out var db);
        scope.ServiceProvider.GetRequiredService<IOutbox>().Publish(new OrderPlaced(Guid.Empty, 1), "k");
        scope.ServiceProvider.GetRequiredKeyedService<IOutbox>(typeof(PublishingDb)).Publish(new OrderPlaced(Guid.Empty, 2), "k");
        await db.SaveChangesAsync();
        Assert.Equal([1, 2], await publisher.NumbersAsync());
    }

    [Theory]
    [InlineData(Engine.Sqlite, true)]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.Postgres, true)]
    [InlineData(Engine.Postgres, false)]
    public async Task Each_of_several_contexts_publishes_to_its_own_store(Engine engine, bool oneDatabase)
    {
        await using var other = oneDatabase ? null : await Database.CreateAsync(engine);
        await using var publisher = await Publisher.StartAsync(engine, register: (services, configure) =>
        {
            services.AddDbContext<PublishingDb>(configure);
            services.AddDbContext<BillingDb>(other is null ? configure : other.Configure);
        }, kit: kit => kit.UseEntityFrameworkCore<BillingDb>());
        Assert.Equal([typeof(PublishingDb), typeof(BillingDb)], publisher.Services.GetServices<MessagingStore>().Select(store => store.Key));
        await using var scope = publisher.Open(out var shop);
        await using var billingScope = publisher.Open<BillingDb>(out var billing);
        await billing.Database.EnsureConsistencyKitCreatedAsync();
        shop.Place(1);
        billing.Place(2);
        await billing.SaveChangesAsync();
        Assert.Equal(oneDatabase ? [2] : [], await publisher.NumbersAsync());
        var stores = publisher.Services.GetServices<MessagingStore>().ToDictionary(store => store.Key);
        Assert.True(await stores[typeof(BillingDb)].OutboxSignal.WaitAsync(TimeSpan.Zero, TimeProvider.System, default));
        Assert.False(await stores[typeof(PublishingDb)].OutboxSignal.WaitAsync(TimeSpan.Zero, TimeProvider.System, default));

        await shop.SaveChangesAsync();
        Assert.Equal(oneDatabase ? [2, 1] : [1], await publisher.NumbersAsync());
        Assert.Equal(oneDatabase ? 2 : 1, await billing.Set<OutboxRow>().CountAsync());

        scope.ServiceProvider.GetRequiredKeyedService<IOutbox>(typeof(BillingDb));
        var ambiguous = Assert.Throws<InvalidOperationException>(() => scope.ServiceProvider.GetRequiredService<IOutbox>());
        Assert.Contains("[FromKeyedServices(typeof(YourDbContext))]", ambiguous.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_must_name_its_store_when_there_are_several()
    {
        async Task<string> StartAsync(Action<HandlerBuilder>? handler)
        {
            await using var publisher = await Publisher.StartAsync(
                Engine.Sqlite,
                register: (services, configure) =>
                {
                    services.AddDbContext<PublishingDb>(configure);
                    services.AddDbContext<BillingDb>(configure);
                },
                kit: kit => kit.UseEntityFrameworkCore<BillingDb>().AddHandler<OrderPlaced, Ignore>(handler).AddHandler<InvoiceWritten, Ignore2>(h => h.In<BillingDb>()));
            var host = publisher.Services.GetServices<IHostedService>().OfType<IHostedLifecycleService>().First();
            var thrown = await Record.ExceptionAsync(() => host.StartingAsync(CancellationToken.None));
            return thrown?.Message ?? "";
        }

        var message = await StartAsync(null);
        Assert.Contains("Ignore could join PublishingDb or BillingDb: say which with kit.AddHandler<…>(h => h.In<PublishingDb>())", message, StringComparison.Ordinal);
        Assert.Equal("", await StartAsync(h => h.In<BillingDb>()));
        Assert.Contains("add kit.UseEntityFrameworkCore<OtherDb>()", await StartAsync(h => h.In<OtherDb>()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_without_the_kit_names_the_call()
    {
        using var db = new OtherDb(new DbContextOptionsBuilder<OtherDb>().UseSqlite("Data Source=:memory:").Options);
        var missing = Assert.Throws<InvalidOperationException>(() => db.Outbox);
        Assert.Contains("add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<OtherDb>()", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_made_for_design_time_does_not_publish()
    {
        using var db = new OtherDb(new DbContextOptionsBuilder<OtherDb>().UseSqlite("Data Source=:memory:").UseConsistencyKit().Options as DbContextOptions<OtherDb> ?? throw new InvalidOperationException());
        var missing = Assert.Throws<InvalidOperationException>(() => db.Outbox);
        Assert.Contains("kit.UseEntityFrameworkCore<OtherDb>()", missing.Message, StringComparison.Ordinal);
    }

    private static void Register(IServiceCollection services, Action<DbContextOptionsBuilder> configure, Way way)
    {
        switch (way)
        {
            case Way.Scoped:
                services.AddDbContext<PublishingDb>(configure);
                break;
            case Way.Pool:
                services.AddDbContextPool<PublishingDb>(configure);
                break;
            case Way.Factory:
                services.AddDbContextFactory<PublishingDb>(configure);
                break;
            default:
                services.AddPooledDbContextFactory<PublishingDb>(configure);
                break;
        }
    }

    public sealed class BillingDb(DbContextOptions<BillingDb> options) : DbContext(options);

    public sealed class OtherDb(DbContextOptions<OtherDb> options) : DbContext(options);

    private sealed class Ignore : IMessageHandler<OrderPlaced>
    {
        public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Ignore2 : IMessageHandler<InvoiceWritten>
    {
        public Task HandleAsync(InvoiceWritten message, MessageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
