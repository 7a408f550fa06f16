using Consistency.Kit;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Callbacks.Internal;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Messaging;
using Consistency.Kit.Messaging.Internal;
using Consistency.Kit.Remote;
using Consistency.Kit.Sagas;
using Consistency.Kit.Sagas.Internal;
using Consistency.Kit.Scheduling;
using Consistency.Kit.Scheduling.Internal;
using Consistency.Kit.States;
using Consistency.Kit.Stock;
using Consistency.Kit.Stock.Internal;
using Consistency.Kit.Tcc;
using Consistency.Kit.Tcc.Internal;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Consistency.Kit to an application.</summary>
public static class ConsistencyKitServiceCollectionExtensions
{
    /// <summary>Adds the kit's primitives. May be called more than once; registrations add up.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Picks backends and adds messages and handlers. Checked when the host starts, which names each missing call.</param>
    public static IServiceCollection AddConsistencyKit(this IServiceCollection services, Action<ConsistencyKitBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = services.FirstOrDefault(service => service.ServiceType == typeof(ConsistencyKitBuilder))?.ImplementationInstance as ConsistencyKitBuilder;
        if (builder is null)
        {
            builder = new ConsistencyKitBuilder(services);
            AddMessaging(services, builder);
            AddIdempotency(services, builder);
            AddWork(services, builder);
            AddSagas(services, builder);
            AddTcc(services, builder);
            AddStates(services, builder);
            AddStock(services, builder);
            AddCallbacks(services);
        }

        configure(builder);
        return services;
    }

    private static void AddMessaging(IServiceCollection services, ConsistencyKitBuilder builder)
    {
        var messaging = builder.Messaging;
        services.AddSingleton(builder);
        services.AddSingleton(_ => new KitJson(messaging.JsonContexts));
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new MessageCatalog(messaging));
        services.AddSingleton(provider => new MessageEncoder(provider.GetRequiredService<MessageCatalog>(), messaging.Outbox, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ConsumerCatalog(
            messaging,
            provider.GetRequiredService<MessageCatalog>(),
            [.. provider.GetServices<MessagingStore>()],
            inProcess: !services.Any(service => service.ServiceType == typeof(ITransport) && service.ImplementationType != typeof(InProcessTransport)),
            provider.GetService<IServiceProviderIsService>()));
        services.AddSingleton(provider => new InboxConsumer(
            provider.GetRequiredService<ConsumerCatalog>(),
            provider.GetRequiredService<MessageCatalog>(),
            messaging.Inbox,
            LoggerOf<MessagingHost>(provider)));
        services.AddSingleton<ITransport, InProcessTransport>();
        services.AddSingleton<IHostedService>(provider => new MessagingHost(
            provider.GetRequiredService<ConsumerCatalog>(),
            provider.GetRequiredService<InboxConsumer>(),
            provider.GetRequiredService<ITransport>(),
            provider.GetServices<IReceiver>(),
            messaging.Outbox,
            messaging.Inbox,
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<MessagingHost>(provider)));
    }

    private static void AddIdempotency(IServiceCollection services, ConsistencyKitBuilder builder)
    {
        var options = builder.Idempotency;
        services.AddSingleton(provider => new IdempotencyEngines(
            provider.GetServices<IdempotencyStore>(),
            options,
            provider.GetRequiredService<KitJson>(),
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<IdempotencyHost>(provider)));
        services.TryAddTransient(provider => new IdempotencyKeyHandler(provider.GetService<IdempotencyKeyHandlerOptions>(), provider.GetService<TimeProvider>()));
        services.AddSingleton<IIdempotency>(provider => new SharedIdempotency(provider.GetRequiredService<IdempotencyEngines>()));
        services.AddSingleton<IHostedService>(provider => new IdempotencyHost(
            provider.GetRequiredService<IdempotencyEngines>(),
            options,
            provider,
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<IdempotencyHost>(provider)));
    }

    private static void AddWork(IServiceCollection services, ConsistencyKitBuilder builder)
    {
        services.AddSingleton(provider => new WorkStores(provider.GetServices<WorkStore>()));
        services.AddSingleton<IWorkOperations>(provider => new WorkOperations(provider.GetRequiredService<WorkStores>().All));
        var scheduling = builder.Scheduling;
        services.AddSingleton(_ => new JobCatalog(scheduling, builder.Messaging.JsonContexts));
        services.AddSingleton(provider => new JobKinds(scheduling, provider.GetRequiredService<JobCatalog>(), provider.GetRequiredService<KitJson>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new JobEncoder(provider.GetRequiredService<JobCatalog>(), scheduling.Options));
        services.AddSingleton<IJobs>(provider => new Jobs(provider.GetRequiredService<JobEncoder>(), provider.GetRequiredService<JobCatalog>(), provider.GetRequiredService<WorkStores>()));
        services.AddSingleton<IWorkStartUp>(provider => new SchedulingStartUp(provider.GetRequiredService<JobCatalog>(), provider.GetRequiredService<WorkStores>(), provider.GetServices<WorkKind>()));
        services.AddSingleton<IHostedService>(provider => new WorkHost(
            provider.GetRequiredService<WorkStores>(),
            provider.GetServices<WorkKind>(),
            provider.GetServices<IWorkStartUp>(),
            provider.GetServices<IWorkAlert>(),
            provider.GetService<IWorkArchive>(),
            builder.Work,
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<WorkHost>(provider)));
    }

    private static void AddSagas(IServiceCollection services, ConsistencyKitBuilder builder)
    {
        services.AddSingleton<ISagaCodec>(provider => new JsonSagaCodec(provider.GetRequiredService<KitJson>()));
        services.AddSingleton<SagaLimits>();
        services.AddSingleton<EndsOf<SagaIdentity>>();
        services.AddSingleton(provider => new SagaCatalog(
            provider.GetServices<SagaEntryPoint>(),
            provider.GetRequiredService<WorkStores>(),
            provider.GetRequiredService<ISagaCodec>()));
        services.AddSingleton(provider => new SagaReader(provider.GetRequiredService<SagaCatalog>()));
        services.AddSingleton(provider => new SagaEncoder(provider.GetRequiredService<SagaCatalog>()));
        services.AddSingleton<IWorkStartUp>(provider => new SagaStartUp(
            provider.GetServices<SagaEntryPoint>(),
            provider.GetRequiredService<ISagaCodec>(),
            provider.GetRequiredService<WorkStores>(),
            provider.GetRequiredService<BarrierEngines>()));
        services.AddSingleton<ISagas>(provider => new RegisteredSagas(
            provider.GetRequiredService<SagaCatalog>(),
            provider.GetRequiredService<SagaReader>(),
            provider.GetRequiredService<SagaEncoder>(),
            provider.GetRequiredService<EndsOf<SagaIdentity>>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISagaOperations>(provider => new SagaOperations(provider.GetRequiredService<SagaReader>(), provider.GetRequiredService<EndsOf<SagaIdentity>>()));
    }

    private static void AddTcc(IServiceCollection services, ConsistencyKitBuilder builder)
    {
        services.AddSingleton(builder.Barrier);
        services.AddSingleton(provider => new BarrierEngines(provider.GetServices<BarrierStore>(), provider.GetRequiredService<KitJson>(), LoggerOf<TccHost>(provider)));
        services.AddSingleton<IHostedService>(provider => new TccHost(
            provider.GetServices<BarrierStore>(),
            builder.Barrier,
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<TccHost>(provider)));
    }

    private static void AddStock(IServiceCollection services, ConsistencyKitBuilder builder)
    {
        services.AddSingleton(builder.Stock);
        services.AddSingleton(_ => new RefusedOrders());
        services.AddSingleton(provider => new StockIntake(builder.Stock.IntakeRules, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new StockStores(provider.GetServices<StockStore>(), provider.GetRequiredService<StockIntake>()));
        services.AddSingleton(provider => provider.GetRequiredService<StockStores>().Shared.Stock);
        services.AddSingleton(provider => provider.GetRequiredService<StockStores>().Shared.Sales);
        services.AddSingleton<IHostedService>(provider => new StockHost(
            provider.GetRequiredService<StockStores>(),
            provider.GetService<IStockLedger>(),
            provider.GetRequiredService<RefusedOrders>(),
            provider.GetRequiredService<StockIntake>(),
            provider,
            builder.Stock,
            provider.GetRequiredService<TimeProvider>(),
            LoggerOf<StockHost>(provider)));
    }

    private static void AddStates(IServiceCollection services, ConsistencyKitBuilder builder) =>
        services.AddSingleton(provider => new StateCatalog(builder.States, LoggerOf<StateCatalog>(provider)));

    private static void AddCallbacks(IServiceCollection services) => services.AddSingleton(provider => new CallbackIntakes(
        provider.GetServices<CallbackRegistration>(),
        provider,
        provider.GetRequiredService<WorkStores>(),
        provider.GetRequiredService<TimeProvider>(),
        LoggerOf<CallbackIntakes>(provider)));

    private static ILogger<T> LoggerOf<T>(IServiceProvider provider) => provider.GetService<ILogger<T>>() ?? NullLogger<T>.Instance;
}
