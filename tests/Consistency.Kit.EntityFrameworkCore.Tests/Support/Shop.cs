using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Support;

/// <summary>A small application on one database: publishes and handles messages.</summary>
public sealed class Shop : IAsyncDisposable
{
    private Shop(Database database, IHost host)
    {
        Database = database;
        Host = host;
    }

    public Database Database { get; }

    public IHost Host { get; }

    public IServiceProvider Services => Host.Services;

    public MessagingStore Store => Services.GetRequiredService<MessagingStore>();

    public static async Task<Shop> StartAsync(Database database, Action<ConsistencyKitBuilder>? configure = null, Action<IServiceCollection>? services = null, bool start = true)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddDbContext<ShopDb>(database.Configure);
        builder.Services.AddConsistencyKit(kit =>
        {
            kit.UseEntityFrameworkCore<ShopDb>(options => options.Portable = database.IsPortable)
                .UseJson(ShopJson.Default)
                .AddMessage<OrderPlaced>("order-placed.v1", "orders")
                .AddMessage<InvoiceWritten>("invoice-written.v1", "invoices")
                .ConfigureInbox(inbox => inbox.UnknownTypes = UnknownType.Park);
            configure?.Invoke(kit);
        });
        services?.Invoke(builder.Services);
        var shop = new Shop(database, builder.Build());
        await shop.UseAsync(db => db.Database.EnsureConsistencyKitCreatedAsync());
        if (start)
        {
            await shop.Host.StartAsync();
        }

        return shop;
    }

    public async Task UseAsync(Func<ShopDb, Task> work)
    {
        await using var scope = Services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<ShopDb>());
    }

    public async Task<T> UseAsync<T>(Func<ShopDb, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<ShopDb>());
    }

    public async ValueTask DisposeAsync()
    {
        await Host.StopAsync();
        Host.Dispose();
    }
}
