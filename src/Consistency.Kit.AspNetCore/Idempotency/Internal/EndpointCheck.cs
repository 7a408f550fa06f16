using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Has endpoints say when the host starts what they lack. They are built by their first request otherwise.</summary>
internal static class EndpointCheck
{
    internal static void Run(IServiceProvider services)
    {
        // Building an endpoint makes its guard, which looks for its store.
        foreach (var endpoint in services.GetService<EndpointDataSource>()?.Endpoints ?? [])
        {
            foreach (var attribute in endpoint.Metadata.OfType<IIdempotencyKeyAttribute>())
            {
                if (endpoint.Metadata.GetMetadata<ActionDescriptor>() is null)
                {
                    throw new ConsistencyConfigurationException([$"{endpoint.DisplayName} is not an action, where [RequireIdempotencyKey] does nothing: call RequireIdempotencyKey() on what its Map method returns."]);
                }

                attribute.CreateGuard(services);
            }
        }
    }
}
