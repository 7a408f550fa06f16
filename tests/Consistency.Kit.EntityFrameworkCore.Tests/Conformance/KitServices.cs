using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>The kit on a database with its tables, and no host that runs an engine.</summary>
internal static class KitServices
{
    internal static async Task<ServiceProvider> OnAsync(Database database, Action<ConsistencyKitBuilder>? configure = null)
    {
        var services = new ServiceCollection()
            .AddDbContext<ShopDb>(database.Configure)
            .AddConsistencyKit(kit =>
            {
                kit.UseEntityFrameworkCore<ShopDb>(options => options.Portable = database.IsPortable);
                configure?.Invoke(kit);
            })
            .BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ShopDb>().Database.EnsureConsistencyKitCreatedAsync();
        return services;
    }
}
