namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>What clients of an endpoint need to know about its key.</summary>
internal sealed record KeyDescription(string HeaderName, bool Required) : IIdempotencyKeyMetadata
{
    internal static KeyDescription Of(IdempotencyKeyOptions options) => new(options.HeaderName, options.Required);

    public KeyDescription Describe(IServiceProvider services) => this;
}
