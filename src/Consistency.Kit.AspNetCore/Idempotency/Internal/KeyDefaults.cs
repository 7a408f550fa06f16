using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>The application's defaults, which each endpoint's options start from.</summary>
internal sealed class KeyDefaults(Action<IdempotencyKeyOptions> configure)
{
    internal static IdempotencyKeyOptions Apply(IServiceProvider services, Action<IdempotencyKeyOptions>? configure)
    {
        var options = new IdempotencyKeyOptions();
        foreach (var defaults in services.GetServices<KeyDefaults>())
        {
            defaults.Configure(options);
        }

        configure?.Invoke(options);
        return options;
    }

    private void Configure(IdempotencyKeyOptions options) => configure(options);
}
