using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>How handlers are made, and what they need.</summary>
internal static class HandlerActivation
{
    /// <summary>
    /// Registers the handler, scoped. A host that validates its services when it is built would stop at a handler whose DbContext is
    /// missing, before the kit can name the call to add; so the handler is made by a factory, and the kit checks what it needs.
    /// </summary>
    internal static void Register<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(IServiceCollection services)
        where THandler : class
    {
        if (OnlyConstructor<THandler>() is null)
        {
            // Which of several is meant, the container decides.
            services.AddScoped<THandler>();
            return;
        }

        var create = new Lazy<ObjectFactory<THandler>>(static () => ActivatorUtilities.CreateFactory<THandler>([]));
        services.AddScoped(provider => create.Value(provider, null));
    }

    /// <summary>What the container must have for the handler; empty where the container itself checks that.</summary>
    internal static IReadOnlyList<ParameterInfo> NeedsOf<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>() =>
        OnlyConstructor<THandler>()?.GetParameters().Where(parameter => !parameter.HasDefaultValue).ToArray() ?? [];

    /// <summary>Whether the container has what the parameter asks for.</summary>
    internal static bool IsRegistered(ParameterInfo parameter, IServiceProviderIsService services) =>
        parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { } keyed
            ? services is not IServiceProviderIsKeyedService container || container.IsKeyedService(parameter.ParameterType, keyed.Key)
            : services.IsService(parameter.ParameterType);

    private static ConstructorInfo? OnlyConstructor<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>() =>
        typeof(THandler).GetConstructors() is [var only] ? only : null;
}
