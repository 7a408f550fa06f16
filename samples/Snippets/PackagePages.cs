using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

internal static class PackagePages
{
    internal static void Core(WebApplicationBuilder builder)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UseJson(ShopJson.Default)
            .AddMessage<OrderPlaced>("order-placed.v1", topic: "orders")
            .AddHandler<OrderPlaced, ShipOrder>());
    }

    internal static async Task EntityFrameworkCoreAsync(ShopDb db, Order order, CancellationToken cancellationToken)
    {
        db.Orders.Add(order);
        db.Outbox.Publish(new OrderPlaced(order.Id), key: order.Id.ToString());
        await db.SaveChangesAsync(cancellationToken);
    }

    internal static void Kafka(WebApplicationBuilder builder)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UseJson(ShopJson.Default)
            .UseKafka("localhost:9092", kafka => kafka.GroupId = "orders")
            .AddMessage<OrderPlaced>("order-placed.v1", topic: "orders")
            .AddHandler<OrderPlaced, ShipOrder>());
    }

    internal static void PostgreSql(WebApplicationBuilder builder)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UsePostgresNotifications());
    }

    internal static void Redis(WebApplicationBuilder builder, WebApplication app)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseJson(ShopJson.Default)
            .UseRedis("localhost:6379"));

        app.MapPost("/quotes", MakeQuote).RequireIdempotencyKey();
    }

    internal static void AspNetCore(WebApplicationBuilder builder, WebApplication app)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .AddApiDescriptions());                               // shows the header and the answers in OpenAPI

        app.MapPost("/orders", PlaceOrder).RequireIdempotencyKey<ShopDb>();
    }

    private static IResult MakeQuote() => Results.Ok();

    private static IResult PlaceOrder() => Results.Ok();
}
