using Consistency.Kit;
using Consistency.Kit.EntityFrameworkCore;
using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.EntityFrameworkCore.Tcc.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Consistency.Kit.Messaging;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Picks EF Core as the durable store.</summary>
public static class EntityFrameworkCoreConsistencyKitBuilderExtensions
{
    /// <summary>
    /// Keeps the kit's state in the database of this DbContext, and configures the context: tables, saving order, commit signals.
    /// Call it once per DbContext; each is a store of its own.
    /// </summary>
    /// <param name="kit">The kit.</param>
    /// <param name="configure">Changes the options.</param>
    public static ConsistencyKitBuilder UseEntityFrameworkCore<TContext>(this ConsistencyKitBuilder kit, Action<EntityFrameworkCoreOptions>? configure = null)
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(kit);
        var options = new EntityFrameworkCoreOptions();
        configure?.Invoke(options);
        if (!kit.Services.Any(service => service.ServiceType == typeof(EfStore) && Equals(service.ServiceKey, typeof(TContext))))
        {
            kit.Services.AddKeyedSingleton(typeof(TContext), (services, _) => new EfStore(services, typeof(TContext), options));
            kit.AddStore<TContext>(services => EfMessagingStore.Create(services, typeof(TContext)));
            kit.AddIdempotencyStore(services => EfIdempotencyStore.Create(services, typeof(TContext)));
            kit.AddBarrierStore(services => EfBarrierStore.Create(services, typeof(TContext)));
            kit.AddStockStore(services => EfStockStore.Create(services, typeof(TContext)));
            kit.AddWorkStore(services => EfWorkStore.Create(services, typeof(TContext)));
        }

        kit.Services.ConfigureDbContext<TContext>((services, builder) => ((IDbContextOptionsBuilderInfrastructure)builder).AddOrUpdateExtension(
            new KitOptionsExtension(options, new KitRuntime(services, typeof(TContext)))));
        kit.Services.AddKeyedScoped<IOutbox>(typeof(TContext), (services, _) => services.GetRequiredService<TContext>().Outbox);
        kit.Services.AddScoped<IOutbox>(services => services.GetServices<MessagingStore>().Count() == 1
            ? services.GetRequiredService<TContext>().Outbox
            : throw new InvalidOperationException("There is an outbox per DbContext: inject the one that is meant with [FromKeyedServices(typeof(YourDbContext))] IOutbox, or use db.Outbox."));
        kit.Services.AddKeyedSingleton(typeof(TContext), (services, _) => services.GetRequiredService<StockStores>().Of(typeof(TContext)).Stock);
        kit.Services.AddKeyedSingleton(typeof(TContext), (services, _) => services.GetRequiredService<StockStores>().Of(typeof(TContext)).Sales);
        kit.Services.AddKeyedSingleton(typeof(TContext), (services, _) => StoreOf<TContext>(services).Parked);
        kit.Services.AddSingleton(services => services.GetServices<MessagingStore>().Count() == 1
            ? StoreOf<TContext>(services).Parked
            : throw new InvalidOperationException("There are parked messages per DbContext: inject those that are meant with [FromKeyedServices(typeof(YourDbContext))] IParkedMessages."));
        return kit;
    }

    /// <summary>
    /// Keeps a ledger of stock in the database of this DbContext, for stock that is kept elsewhere (<c>kit.UseRedis(…)</c>, <c>kit.UseMemoryStock()</c>):
    /// orders take from it when they commit, and what the other store forgets is rebuilt from it. Changes nothing where the stock is in this
    /// database anyway.
    /// </summary>
    /// <param name="kit">The kit.</param>
    /// <param name="topic">The topic on which accepted and released orders travel to the store.</param>
    public static ConsistencyKitBuilder UseStockLedger<TContext>(this ConsistencyKitBuilder kit, string topic = "consistency-stock")
        where TContext : DbContext
    {
        ArgumentNullException.ThrowIfNull(kit);
        var patience = new RetryPolicy { MaxDelay = TimeSpan.FromSeconds(5), MaxAttempts = int.MaxValue };
        kit.UseJson(StockJson.Default)
            .AddMessage<StockAccepted>("consistency.stock-accepted.v1", topic)
            .AddMessage<StockReleased>("consistency.stock-released.v1", topic)
            .AddHandler<StockAccepted, TellStock<TContext>>(handler => handler.In<TContext>().Named("consistency-stock").Retry(patience))
            .AddHandler<StockReleased, TellStock<TContext>>(handler => handler.In<TContext>().Named("consistency-stock-released").Retry(patience));
        kit.Services.AddSingleton(new StockLedgerOf(typeof(TContext)));
        kit.Services.AddSingleton<IStockLedger>(services => new EfStockLedger(EfStore.Of(services, typeof(TContext))));
        kit.Services.AddSingleton(services => new StockReconciler(services.GetRequiredService<StockStores>().Shared, services.GetRequiredService<IStockLedger>()));
        kit.Services.AddSingleton(services => services.GetRequiredService<StockStores>().Shared is { Rebuild: not null } store
            ? new LedgerSales(EfStore.Of(services, typeof(TContext)), store, services.GetRequiredService<StockReconciler>())
            : services.GetRequiredService<StockStores>().Shared.Sales);
        return kit;
    }

    private static MessagingStore StoreOf<TContext>(IServiceProvider services) => services.GetServices<MessagingStore>().First(store => store.Key == typeof(TContext));
}
