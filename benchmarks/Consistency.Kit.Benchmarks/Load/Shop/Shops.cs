using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>Builds the two applications: one with the kit, one without.</summary>
internal static class Shops
{
    /// <summary>The application with the kit, not started; its tables exist.</summary>
    /// <param name="database">Its database.</param>
    /// <param name="configure">What it uses of the kit.</param>
    /// <param name="services">What else it registers.</param>
    /// <param name="pooled">Whether contexts are used again: making one costs as much as a statement.</param>
    internal static async Task<IHost> WithKitAsync(Database database, Action<ConsistencyKitBuilder> configure, Action<IServiceCollection>? services = null, bool pooled = false)
    {
        var host = Build(builder =>
        {
            _ = pooled
                ? builder.AddDbContextPool<KitDb>(options => options.UseNpgsql(database.ConnectionString))
                : builder.AddDbContext<KitDb>(options => options.UseNpgsql(database.ConnectionString));
            builder.AddConsistencyKit(kit =>
            {
                kit.UseEntityFrameworkCore<KitDb>()
                    .UseJson(ShopJson.Default)
                    .AddMessage<OrderPlaced>(OrderPlaced.Name, OrderPlaced.Topic);
                configure(kit);
            });
            services?.Invoke(builder);
        });
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<KitDb>().Database.EnsureConsistencyKitCreatedAsync();
        return host;
    }

    /// <summary>The application without the kit; its tables exist.</summary>
    internal static async Task<IHost> ByHandAsync(Database database)
    {
        var host = Build(builder => builder.AddDbContext<HandDb>(options => options.UseNpgsql(database.ConnectionString)));
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<HandDb>().Database.EnsureCreatedAsync();
        return host;
    }

    /// <summary>Does something with a context in a scope of its own, as a request would.</summary>
    internal static async Task InScopeAsync<TContext>(IHost host, Func<TContext, Task> work)
        where TContext : DbContext
    {
        await using var scope = host.Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<TContext>());
    }

    private static IHost Build(Action<IServiceCollection> configure)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        configure(builder.Services);
        return builder.Build();
    }
}
