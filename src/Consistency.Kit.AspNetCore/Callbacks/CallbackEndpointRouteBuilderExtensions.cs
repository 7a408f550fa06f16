using System.Diagnostics.CodeAnalysis;
using Consistency.Kit;
using Consistency.Kit.AspNetCore.Callbacks;
using Consistency.Kit.AspNetCore.Callbacks.Internal;
using Consistency.Kit.Callbacks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps endpoints to which providers send their callbacks.</summary>
public static class CallbackEndpointRouteBuilderExtensions
{
    /// <summary>Maps the endpoint of a provider's callbacks: bounds the body, verifies it, stores it, and acknowledges it in the provider's own words.</summary>
    /// <param name="endpoints">The application or a group.</param>
    /// <param name="pattern">The route, for example <c>/callbacks/wechat</c>.</param>
    /// <param name="provider">The name under which the callbacks were registered with <c>kit.AddCallbacks</c>.</param>
    /// <param name="configure">Changes the bounds.</param>
    /// <remarks>
    /// The endpoint is public: allow anonymous requests to it, and let nothing read the body before it. A callback is acknowledged after it
    /// is stored and never otherwise; processing it has no part in the answer's time.
    /// </remarks>
    /// <exception cref="ConsistencyConfigurationException">The kit or the provider's callbacks are missing, or the options do not fit.</exception>
    public static IEndpointConventionBuilder MapCallback(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        string provider,
        Action<CallbackEndpointOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(provider);
        var services = endpoints.ServiceProvider;
        var intakes = services.GetService<CallbackIntakes>() ?? throw new ConsistencyConfigurationException(["MapCallback needs the kit: add services.AddConsistencyKit(kit => …)."]);
        var options = new CallbackEndpointOptions();
        configure?.Invoke(options);
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new ConsistencyConfigurationException(problems);
        }

        var logger = services.GetService<ILoggerFactory>()?.CreateLogger<CallbackEndpoint>() ?? NullLogger<CallbackEndpoint>.Instance;
        var endpoint = new CallbackEndpoint(intakes.Of(provider), options, services.GetRequiredService<TimeProvider>(), logger);
        return endpoints.MapMethods(pattern, [HttpMethods.Post], endpoint.InvokeAsync);
    }
}
