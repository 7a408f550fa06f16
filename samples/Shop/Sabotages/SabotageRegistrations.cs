using Microsoft.Extensions.DependencyInjection;

namespace Shop.Sabotages;

/// <summary>Switches a guarantee off, by decorators only.</summary>
internal static class SabotageRegistrations
{
    internal static void Sabotage(this IServiceCollection services, Sabotage sabotage)
    {
    }
}
