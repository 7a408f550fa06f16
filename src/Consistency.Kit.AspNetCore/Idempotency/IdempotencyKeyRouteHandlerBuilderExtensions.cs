using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.AspNetCore.Idempotency.Internal;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Keeps the builder's own type, so that calls can follow.</summary>
public static class IdempotencyKeyRouteHandlerBuilderExtensions
{
    /// <summary>Runs the endpoint once per idempotency key, on the store of a DbContext.</summary>
    /// <inheritdoc cref="IdempotencyKeyEndpointConventionBuilderExtensions.RequireIdempotencyKey{TDbContext}(IEndpointConventionBuilder, Action{IdempotencyKeyOptions})"/>
    public static RouteHandlerBuilder RequireIdempotencyKey<TDbContext>(this RouteHandlerBuilder builder, Action<IdempotencyKeyOptions>? configure = null)
        where TDbContext : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        KeyConventions.Add(builder, typeof(TDbContext), configure);
        return builder;
    }
}
