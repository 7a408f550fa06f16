using Consistency.Kit;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Shop.Stocks;

namespace Shop.Chaos;

/// <summary>Puts decorators around what the shop registered.</summary>
internal static class ChaosRegistrations
{
    internal static ConsistencyKitBuilder AddFlakyHandler<TMessage, THandler>(this ConsistencyKitBuilder kit, string consumer)
        where TMessage : notnull
        where THandler : class, IMessageHandler<TMessage>
    {
        kit.Services.AddScoped<THandler>();
        return kit.AddHandler<TMessage, FlakyHandler<TMessage, THandler>>(handler => handler.Named(consumer));
    }

    internal static void DisturbTransport(this IServiceCollection services) =>
        services.Decorate<ITransport>((transport, provider) =>
            new RestlessTransport(transport, provider.GetRequiredService<Mischief>(), provider.GetRequiredService<Tally>()));

    internal static void DisturbShelf(this IServiceCollection services) =>
        services.Decorate<IShelf>((shelf, provider) => new FlakyShelf(shelf, provider.GetRequiredService<Mischief>(), provider.GetRequiredService<Tally>()));

    /// <summary>Replaces the registration that would be resolved by one that wraps it.</summary>
    internal static void Decorate<TService>(this IServiceCollection services, Func<TService, IServiceProvider, TService> wrap)
        where TService : class
    {
        var inner = services.Last(service => service.ServiceType == typeof(TService));
        services.Remove(inner);
        services.Add(new ServiceDescriptor(typeof(TService), provider => wrap(Create(inner, provider), provider), inner.Lifetime));

        static TService Create(ServiceDescriptor descriptor, IServiceProvider provider) =>
            (TService)(descriptor.ImplementationInstance
                ?? descriptor.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!));
    }
}
