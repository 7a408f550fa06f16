using Consistency.Kit;
using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.AspNetCore.Idempotency.Internal;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>What the kit adds to web applications.</summary>
public static class AspNetCoreConsistencyKitBuilderExtensions
{
    /// <summary>Changes the defaults of all endpoints and actions that require an idempotency key. Called more than once, changes add up.</summary>
    /// <param name="kit">The kit's builder.</param>
    /// <param name="configure">Changes the options, before the endpoint's own changes.</param>
    public static ConsistencyKitBuilder ConfigureIdempotencyKeys(this ConsistencyKitBuilder kit, Action<IdempotencyKeyOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(kit);
        ArgumentNullException.ThrowIfNull(configure);
        StartupChecks.Add(EndpointCheck.Run);
        kit.Services.AddSingleton(new KeyDefaults(configure));
        return kit;
    }

    /// <summary>Has API descriptions, and with them OpenAPI documents, show what the kit's endpoints ask for: the key's header and the answers 400, 409 and 422.</summary>
    /// <param name="kit">The kit's builder.</param>
    public static ConsistencyKitBuilder AddApiDescriptions(this ConsistencyKitBuilder kit)
    {
        ArgumentNullException.ThrowIfNull(kit);
        StartupChecks.Add(EndpointCheck.Run);
        kit.Services.TryAddEnumerable(ServiceDescriptor.Transient<IApiDescriptionProvider, KeyApiDescriptions>());
        return kit;
    }
}
