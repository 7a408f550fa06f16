using System.Text.Json.Serialization;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddDbContext<ShopDb>(options => options.UseSqlite("Data Source=shop.db"));
builder.Services.AddConsistencyKit(kit => kit
    .UseEntityFrameworkCore<ShopDb>()
    .UseJson(ShopJson.Default)
    .AddMessage<OrderPlaced>("order-placed.v1", topic: "orders")
    .AddHandler<OrderPlaced, ShipOrder>());

using var host = builder.Build();
await host.Services.EnsureConsistencyKitCreatedAsync<ShopDb>();
await host.StartAsync();

await using var scope = host.Services.CreateAsyncScope();
var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
var order = new Order { Customer = "Ada" };
db.Orders.Add(order);
db.Outbox.Publish(new OrderPlaced(order.Id), key: order.Id.ToString());
await db.SaveChangesAsync(); // The order and its message, or neither.
await host.WaitForShutdownAsync();

public sealed class ShipOrder(ShopDb db) : IMessageHandler<OrderPlaced>
{
    public async Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken)
    {
        var order = await db.Orders.SingleAsync(order => order.Id == message.OrderId, cancellationToken);
        order.Shipped = true; // Saved with the note that this message was handled: once, however often it arrives.
        Console.WriteLine($"Shipped {order.Customer}'s order {order.Id}.");
    }
}

public sealed class ShopDb(DbContextOptions<ShopDb> options) : DbContext(options) { public DbSet<Order> Orders => Set<Order>(); }
public sealed class Order { public Guid Id { get; init; } = Guid.CreateVersion7(); public required string Customer { get; init; } public bool Shipped { get; set; } }
public sealed record OrderPlaced(Guid OrderId);
[JsonSerializable(typeof(OrderPlaced))] public sealed partial class ShopJson : JsonSerializerContext;
