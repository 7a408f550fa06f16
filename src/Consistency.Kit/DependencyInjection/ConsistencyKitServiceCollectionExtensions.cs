using Consistency.Kit;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Messaging;
using Consistency.Kit.Messaging.Internal;
using Consistency.Kit.Remote;
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
        }

        configure(builder);
        return services;
    }

    private static void AddMessaging(IServiceCollection services, ConsistencyKitBuilder builder)
    {
        var messaging = builder.Messaging;
        services.AddSingleton(builder);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_ => new MessageCatalog(messaging));
        services.AddSingleton(provider => new MessageEncoder(provider.GetRequiredService<MessageCatalog>(), messaging.Outbox, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ConsumerCatalog(
            messaging,
            provider.GetRequiredService<MessageCatalog>(),
            [.. provider.GetServices<MessagingStore>()],
            inProcess: !services.Any(service => service.ServiceType == typeof(ITransport) && service.ImplementationType != typeof(InProcessTransport))));
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
            new KitJson(builder.Messaging.JsonContexts),
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

    private static ILogger<T> LoggerOf<T>(IServiceProvider provider) => provider.GetService<ILogger<T>>() ?? NullLogger<T>.Instance;
}
