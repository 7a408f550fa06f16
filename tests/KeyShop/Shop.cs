using System.Text.Json.Serialization;
using Consistency.Kit.AspNetCore.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.KeyShop;

/// <summary>One instance of a shop whose endpoints require keys: orders in one transaction, payments with recovery points.</summary>
public sealed class Shop : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Shop(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="store"><c>postgres</c> or <c>sqlite</c>.</param>
    /// <param name="connection">A database; its tables are created when they are missing.</param>
    /// <param name="books">Where the payment provider keeps its books; beside the program when null.</param>
    /// <param name="redis">Where the keys of receipts are kept; in this process when null.</param>
    /// <param name="outage">What becomes of requests when their keys cannot be looked up.</param>
    public static async Task<Shop> StartAsync(string store, string connection, string? books = null, string? redis = null, StoreOutage outage = StoreOutage.Refuse)
    {
        redis ??= Environment.GetEnvironmentVariable("KEY_SHOP_REDIS");
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders().SetMinimumLevel(Enum.Parse<LogLevel>(Environment.GetEnvironmentVariable("KEY_SHOP_LOG") ?? "Critical")).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddSingleton(new Provider(books ?? Environment.GetEnvironmentVariable("KEY_SHOP_BOOKS") ?? "books"));
        builder.Services.AddDbContext<KeyShopDb>(options => _ = store == "postgres" ? options.UseNpgsql(connection) : options.UseSqlite(connection));
        builder.Services.AddConsistencyKit(kit => (redis is null ? kit.UseMemoryIdempotency() : kit.UseRedis(redis, options => options.Timeout = TimeSpan.FromSeconds(5)))
            .UseEntityFrameworkCore<KeyShopDb>()
            .UseJson(ShopJson.Default)
            .ConfigureIdempotency(options => options.Lease = TimeSpan.FromSeconds(1))
            .ConfigureIdempotencyKeys(options => options.AllowAnonymous().WhenStoreIsDown = outage)
            .ConfigureOutbox(outbox => outbox.Relay = false)
            .ConfigureInbox(inbox => inbox.Consume = false));
        var app = builder.Build();
        app.MapPost("/orders", PlaceAsync).RequireIdempotencyKey<KeyShopDb>();
        app.MapPost("/payments", PayAsync).RequireIdempotencyKey<KeyShopDb>(options => options.Mode = IdempotencyMode.RecoveryPoint);
        app.MapPost("/receipts", PlaceAsync).RequireIdempotencyKey();
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<KeyShopDb>().Database.EnsureConsistencyKitCreatedAsync();
        }

        await app.StartAsync();
        return new Shop(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static async Task<IResult> PlaceAsync(PlaceOrder command, KeyShopDb db, CancellationToken cancellationToken)
    {
        var order = new Order { Item = command.Item };
        db.Orders.Add(order);
        await db.SaveChangesAsync(cancellationToken);
        return Results.Created($"/orders/{order.Id}", order);
    }

    private static async Task<IResult> PayAsync(PlaceOrder command, KeyShopDb db, Provider provider, HttpContext context, CancellationToken cancellationToken)
    {
        var attempt = context.GetIdempotentAttempt();
        var charge = await attempt.OnceAsync("charge", _ => Task.FromResult(provider.Charge(attempt.Key.For("charge"))), cancellationToken);
        if (!attempt.TryGet<Guid>("order", out _))
        {
            db.Orders.Add(new Order { Id = charge, Item = command.Item });
            attempt.Reach("order", charge);
            await db.SaveChangesAsync(cancellationToken);
        }

        return Results.Created($"/orders/{charge}", new Order { Id = charge, Item = command.Item });
    }
}

[JsonSerializable(typeof(Guid))]
internal sealed partial class ShopJson : JsonSerializerContext;
