namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Says of an endpoint that its requests carry a key, for whoever describes it.</summary>
internal interface IIdempotencyKeyMetadata
{
    /// <summary>The options' effect on what clients send.</summary>
    KeyDescription Describe(IServiceProvider services);
}
