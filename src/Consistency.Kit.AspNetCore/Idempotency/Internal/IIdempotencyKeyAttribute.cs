namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Requires a key of the actions it is put on.</summary>
internal interface IIdempotencyKeyAttribute : IIdempotencyKeyMetadata
{
    /// <exception cref="ConsistencyConfigurationException">The kit or the store is missing, or the options do not fit.</exception>
    IdempotencyGuard CreateGuard(IServiceProvider services);
}
