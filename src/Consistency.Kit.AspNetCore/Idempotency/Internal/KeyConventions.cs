using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.Abstractions;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Puts the guard before endpoints when they are built: outside the filters, which run when the body was read already.</summary>
internal static class KeyConventions
{
    internal static void Add(IEndpointConventionBuilder builder, Type? store, Action<IdempotencyKeyOptions>? configure)
    {
        StartupChecks.Add(EndpointCheck.Run);
        builder.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is not { } next || IsGuarded(endpoint))
            {
                return;
            }

            var guard = IdempotencyGuard.Create(endpoint.ApplicationServices, store, configure);
            endpoint.RequestDelegate = context => guard.InvokeAsync(context, next);
            endpoint.Metadata.Add(KeyDescription.Of(guard.Options));
        });
    }

    /// <summary>Whether the endpoint has a guard of its own, which counts before its group's.</summary>
    private static bool IsGuarded(EndpointBuilder endpoint)
    {
        var isAction = false;
        var hasAttribute = false;
        foreach (var item in endpoint.Metadata)
        {
            if (item is KeyDescription)
            {
                return true;
            }

            isAction |= item is ActionDescriptor;
            hasAttribute |= item is IIdempotencyKeyMetadata;
        }

        // The attribute is a filter, and only actions and pages run filters.
        return isAction && hasAttribute;
    }
}
