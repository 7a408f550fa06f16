using System.Text.Json.Serialization;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Snippets;

/// <summary>The shop that the documentation speaks of.</summary>
public sealed class ShopDb(DbContextOptions<ShopDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Shipment> Shipments => Set<Shipment>();

    public DbSet<Payment> Payments => Set<Payment>();

    public DbSet<Invoice> Invoices => Set<Invoice>();

    public DbSet<Wallet> Wallets => Set<Wallet>();

    public Order Place(PlaceOrder command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Orders.Add(new Order { Customer = command.Customer }).Entity;
    }
}

public sealed class Order
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Customer { get; init; }

    public bool IsDone { get; set; }

    public OrderState State { get; set; }
}

public sealed record Shipment(Guid OrderId);

public sealed record Payment(string Id, Guid Order, decimal Amount);

public sealed class Wallet
{
    public required string Customer { get; init; }

    public decimal Available { get; set; }

    public decimal Frozen { get; set; }
}

public sealed record Invoice(Guid Id, int Number);

public sealed record PlaceOrder(string Customer);

public sealed record PaymentRequest(Guid Order, decimal Amount);

public sealed record Charge(string Id);

public interface IPaymentGateway
{
    Task<Charge> ChargeAsync(decimal amount, string idempotencyKey, CancellationToken cancellationToken);
}

public sealed class ShopClient(HttpClient http)
{
    public HttpClient Http { get; } = http;
}

public sealed class TryAgainLaterException(TimeSpan delay) : Exception($"Try again in {delay}.");

public sealed record OrderPlaced(Guid OrderId);

public sealed record OrderShipped(Guid OrderId);

public sealed class ShipOrder : IMessageHandler<OrderPlaced>
{
    public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

[JsonSerializable(typeof(OrderPlaced))]
[JsonSerializable(typeof(OrderShipped))]
[JsonSerializable(typeof(MessagesPage.OrderPlaced), TypeInfoPropertyName = "CurrentOrderPlaced")]
[JsonSerializable(typeof(MessagesPage.OrderPlacedV1))]
internal sealed partial class ShopJson : JsonSerializerContext;
