using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>The shop behind a real server on loopback: one endpoint, which inserts an order.</summary>
internal sealed class WebShop : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebShop(WebApplication app) => _app = app;

    internal Uri Orders => new(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/orders");

    internal static async Task<WebShop> WithKeysAsync(Database database, CancellationToken cancellationToken)
    {
        var builder = Builder();
        builder.Services.AddDbContext<KitDb>(options => options.UseNpgsql(database.ConnectionString));
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<KitDb>()
            .ConfigureOutbox(outbox => outbox.Relay = false)
            .ConfigureInbox(inbox => inbox.Consume = false)
            .ConfigureIdempotencyKeys(options => options.AllowAnonymous()));
        var app = builder.Build();
        app.MapPost("/orders", PlaceAsync<KitDb>).RequireIdempotencyKey<KitDb>();
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<KitDb>().Database.EnsureConsistencyKitCreatedAsync(cancellationToken);
        }

        await app.StartAsync(cancellationToken);
        return new WebShop(app);
    }

    internal static async Task<WebShop> WithoutAsync(Database database, CancellationToken cancellationToken)
    {
        var builder = Builder();
        builder.Services.AddDbContext<HandDb>(options => options.UseNpgsql(database.ConnectionString));
        var app = builder.Build();
        app.MapPost("/orders", PlaceAsync<HandDb>);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<HandDb>().Database.EnsureCreatedAsync(cancellationToken);
        }

        await app.StartAsync(cancellationToken);
        return new WebShop(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplicationBuilder Builder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        return builder;
    }

    private static async Task<IResult> PlaceAsync<TContext>(Placing placing, TContext db, CancellationToken cancellationToken)
        where TContext : DbContext
    {
        var order = Order.New(placing.Number);
        db.Add(order);
        await db.SaveChangesAsync(cancellationToken);
        return Results.Created($"/orders/{order.Id}", order);
    }

    private sealed record Placing(int Number);
}
