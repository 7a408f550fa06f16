using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.AspNetCore.Idempotency.Internal;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Runs endpoints once per idempotency key.</summary>
public static class IdempotencyKeyEndpointConventionBuilderExtensions
{
    /// <summary>Runs the endpoint, or each unsafe endpoint of a group, once per idempotency key, on the store of a DbContext.</summary>
    /// <param name="builder">An endpoint, a group, or <c>MapControllers()</c>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <typeparam name="TDbContext">The DbContext that the handler saves with; the kit has a store on it through <c>kit.UseEntityFrameworkCore&lt;TDbContext&gt;()</c>.</typeparam>
    /// <remarks>
    /// The first request with a key runs the handler in a transaction of the DbContext. What it saved, the key and the answer are committed
    /// together, then the answer is sent. A repeat gets the same status, stored headers and body, and the header
    /// <c>Idempotency-Replayed: true</c>; the handler does not run. While the first is running, repeats get 409; another request under the
    /// same key gets 422. An answer that is not stored, and an exception, leave nothing behind. GET, HEAD, OPTIONS and TRACE pass through.
    /// Handlers that call other systems need <see cref="IdempotencyMode.RecoveryPoint"/>: effects outside the DbContext are not covered here.
    /// A guard on the endpoint itself counts before one on its group.
    /// </remarks>
    /// <exception cref="Consistency.Kit.ConsistencyConfigurationException">Thrown when the endpoint is built: the store is missing or the options do not fit.</exception>
    public static IEndpointConventionBuilder RequireIdempotencyKey<TDbContext>(this IEndpointConventionBuilder builder, Action<IdempotencyKeyOptions>? configure = null)
        where TDbContext : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        KeyConventions.Add(builder, typeof(TDbContext), configure);
        return builder;
    }

    /// <summary>Runs the endpoint, or each unsafe endpoint of a group, once per idempotency key, on the store picked with <c>kit.UseRedis(…)</c> or <c>kit.UseMemoryIdempotency()</c>.</summary>
    /// <param name="builder">An endpoint, a group, or <c>MapControllers()</c>.</param>
    /// <param name="configure">Changes the options.</param>
    /// <remarks>
    /// The key does not join the commit of the handler's work. After a crash between an effect and its answer the handler runs again once the
    /// claim has ended; what it reached before is in
    /// <see cref="Microsoft.AspNetCore.Http.IdempotencyHttpContextExtensions.GetIdempotentAttempt"/>. Otherwise as
    /// <see cref="RequireIdempotencyKey{TDbContext}(IEndpointConventionBuilder, Action{IdempotencyKeyOptions})"/>, but for failures: a 5xx is
    /// stored, and so is a plain 500 in the place of an exception, because effects may exist; <see cref="IdempotencyKeyOptions.AfterFailure"/>
    /// changes that. The handler is not cancelled when the client hangs up.
    /// </remarks>
    /// <exception cref="Consistency.Kit.ConsistencyConfigurationException">Thrown when the endpoint is built: no store was picked or the options do not fit.</exception>
    public static TBuilder RequireIdempotencyKey<TBuilder>(this TBuilder builder, Action<IdempotencyKeyOptions>? configure = null)
        where TBuilder : IEndpointConventionBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        KeyConventions.Add(builder, null, configure);
        return builder;
    }
}
