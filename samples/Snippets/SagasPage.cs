using System.Text.Json.Serialization;
using Consistency.Kit;
using Consistency.Kit.Messaging;
using Consistency.Kit.Remote;
using Consistency.Kit.Sagas;
using Consistency.Kit.Testing.Sagas;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Snippets.SagasPage;

internal static class Program
{
    internal static async Task StartAsync(HostApplicationBuilder builder, ShopDb db, Order order, CancellationToken cancellationToken)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UseJson(ShopJson.Default)
            .AddSaga<CheckoutSaga, Checkout>());

        db.Orders.Add(order);
        db.StartSaga<CheckoutSaga, Checkout>(order.Id, new Checkout(order.Id, order.Quantity));
        await db.SaveChangesAsync(cancellationToken);    // the order and its saga, or neither; it starts at once
    }

    internal static async Task SignalAsync(ISagas sagas, Order order, decimal amount, CancellationToken cancellationToken)
    {
        await sagas.SignalAsync("order", order.Id, OrderSaga.Payment, new Paid(amount), cancellationToken);
    }

    internal static void SignalWithSave(ShopDb db, Order order, decimal amount)
    {
        db.SignalSaga("order", order.Id, OrderSaga.Payment, new Paid(amount));
    }

    internal static async Task<SagaSnapshot?> ReadAsync(ISagas sagas, Order order, CancellationToken cancellationToken)
    {
        SagaSnapshot? saga = await sagas.FindAsync("checkout", order.Id, cancellationToken);     // ISagas
        SagaSnapshot? ended = await sagas.WaitAsync("checkout", order.Id, cancellationToken);    // completed, undone, resolved or parked
        return ended ?? saga;
    }

    internal static void TwoDatabases(HostApplicationBuilder builder)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UseEntityFrameworkCore<LedgerDb>()
            .UseJson(TransferJson.Default)
            .AddSaga<TransferSaga, Transfer>(saga => saga.In<ShopDb>()));              // ShopDb keeps the saga
    }

    internal static void Versions(ConsistencyKitBuilder kit)
    {
        kit.AddSaga<CheckoutSaga, Checkout>(saga => saga.WithPrevious<EarlierCheckoutSaga>());
    }

    internal static async Task TryAsync(IStock stock, IPayments payments, ShopDb db, Checkout input)
    {
        var result = await SagaTest.For(new CheckoutSaga(stock, payments, db)).LoseReply(CheckoutSaga.Stock).Refuse(CheckoutSaga.Charge).RunAsync(input);
        Assert.Equal(SagaEnd.Undone, result.End);
    }
}

/// <summary>Reserves stock and takes a coupon side by side, charges, and gives points for it.</summary>
public sealed class CheckoutSaga(IStock stock, IPayments payments, ShopDb db) : ISaga<CheckoutSaga, Checkout>
{
    public static readonly StepKey<Reservation> Stock = new("reserve-stock");
    public static readonly StepKey Coupon = new("take-coupon");
    public static readonly StepKey<Receipt> Charge = new("charge");
    public static readonly StepKey Points = new("add-points");

    public static SagaDefinition<CheckoutSaga, Checkout> Define(SagaStart<CheckoutSaga, Checkout> saga) => saga
        .Named("checkout", version: 1)
        .Parallel(p => p
            .Step(Stock, run: s => s.ReserveAsync, undo: s => s.ReleaseAsync)
            .Step(Coupon, run: s => s.TakeCouponAsync, undo: s => s.ReturnCouponAsync, o => o.CommitsWithProgress = true))
        .Pivot(Charge, run: s => s.ChargeAsync, check: s => s.AskAsync, o => o.Timeout = TimeSpan.FromSeconds(30))
        .Retriable(Points, run: s => s.AddPointsAsync, o => o.CommitsWithProgress = true)
        .Build();

    private async Task<StepOutcome<Reservation>> ReserveAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        var reserved = await stock.ReserveAsync(context.IdempotencyKey, context.Input.Quantity, cancellationToken);
        return reserved is null ? new Refusal("out of stock") : new Reservation(reserved);
    }

    // The result may be unknown: the reservation is then found by the saga's id.
    private Task ReleaseAsync(SagaContext<Checkout> context, Attempt<Reservation> attempt, CancellationToken cancellationToken) =>
        stock.ReleaseAsync(attempt.TryGetResult(out var reservation) ? reservation.Number : context.SagaId, cancellationToken);

    private Task<StepOutcome> TakeCouponAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        db.Coupons.Add(new Coupon { Order = context.SagaId });          // saved with the note that the step is done
        return Task.FromResult(StepOutcome.Done);
    }

    private async Task ReturnCouponAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken) =>
        await db.Coupons.Where(coupon => coupon.Order == context.SagaId).ExecuteDeleteAsync(cancellationToken);

    private async Task<StepOutcome<Receipt>> ChargeAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) =>
        new Receipt(await payments.ChargeAsync(context.IdempotencyKey, context.ResultOf(Stock).Number, cancellationToken));

    private async Task<CheckOutcome<Receipt>> AskAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) =>
        await payments.FindAsync(context.IdempotencyKey, cancellationToken) is { } number ? new Receipt(number) : CheckOutcome<Receipt>.NotFound;

    private Task AddPointsAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        db.Points.Add(new PointsGrant { Order = context.SagaId, Receipt = context.ResultOf(Charge).Number });
        return Task.CompletedTask;
    }
}

public sealed class OrderSaga(IStock stock) : ISaga<OrderSaga, Checkout>
{
    public static readonly StepKey<Reservation> Stock = new("reserve-stock");
    public static readonly StepKey Ship = new("ship");
    public static readonly SignalKey<Paid> Payment = new("payment");

    public static SagaDefinition<OrderSaga, Checkout> Define(SagaStart<OrderSaga, Checkout> saga) => saga
        .Named("order", version: 1)
        .Step(Stock, run: s => s.ReserveAsync, undo: s => s.ReleaseAsync)
        .WaitFor(Payment, within: TimeSpan.FromMinutes(30))       // not in time: back
        .Retriable(Ship, run: s => s.ShipAsync)
        .Build();

    private async Task<StepOutcome<Reservation>> ReserveAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        var reserved = await stock.ReserveAsync(context.IdempotencyKey, context.Input.Quantity, cancellationToken);
        return reserved is null ? new Refusal("out of stock") : new Reservation(reserved);
    }

    private Task ReleaseAsync(SagaContext<Checkout> context, Attempt<Reservation> attempt, CancellationToken cancellationToken) =>
        stock.ReleaseAsync(context.SagaId, cancellationToken);

    private Task ShipAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) => Task.CompletedTask;
}

public sealed class RemoteCheckoutSaga(StockService stock) : ISaga<RemoteCheckoutSaga, Checkout>
{
    public static readonly StepKey<Reservation> Stock = new("reserve-stock");
    public static readonly StepKey Ship = new("ship");

    public static SagaDefinition<RemoteCheckoutSaga, Checkout> Define(SagaStart<RemoteCheckoutSaga, Checkout> saga) => saga
        .Named("remote-checkout", version: 1)
        .Step(Stock, run: s => s.ReserveAsync, undo: s => s.ReleaseAsync)
        .Retriable(Ship, run: s => s.ShipAsync)
        .Build();

    private Task<StepOutcome<Reservation>> ReserveAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) =>
        stock.Reservations.ActAsync(context, context.Input, CheckoutJson.Default.Checkout, CheckoutJson.Default.Reservation, cancellationToken);

    private Task ReleaseAsync(SagaContext<Checkout> context, Attempt<Reservation> attempt, CancellationToken cancellationToken) =>
        stock.Reservations.RequireAsync(context, context.Input, CheckoutJson.Default.Checkout, cancellationToken);

    private Task ShipAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) =>
        stock.Shipments.RequireAsync(context, context.Input, CheckoutJson.Default.Checkout, cancellationToken);
}

public sealed class StockService(HttpClient http)
{
    public HttpParticipant Reservations { get; } = new(http, new Uri("/reservations", UriKind.Relative));

    public HttpParticipant Shipments { get; } = new(http, new Uri("/shipments", UriKind.Relative));
}

public sealed class MessageCheckoutSaga(ShopDb db) : ISaga<MessageCheckoutSaga, Checkout>
{
    public static readonly StepKey Ask = new("ask-for-stock");
    public static readonly StepKey Heed = new("heed-the-answer");
    public static readonly SignalKey<StockHeld> Answer = new("stock-held");

    public static SagaDefinition<MessageCheckoutSaga, Checkout> Define(SagaStart<MessageCheckoutSaga, Checkout> saga) => saga
        .Named("message-checkout", version: 1)
        .Step(Ask, run: s => s.AskAsync, undo: s => s.TakeBackAsync, o => o.CommitsWithProgress = true)
        .WaitFor(Answer, within: TimeSpan.FromMinutes(10))        // silence: back
        .Pivot(Heed, run: s => s.HeedAsync, o => o.CommitsWithProgress = true)
        .Build();

    private Task<StepOutcome> AskAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        db.Outbox.Publish(new HoldStock(context.SagaId, context.Input.Quantity), key: context.SagaId);
        return Task.FromResult(StepOutcome.Done);
    }

    private Task TakeBackAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken)
    {
        db.Outbox.Publish(new DropStock(context.SagaId), key: context.SagaId);
        return Task.CompletedTask;
    }

    private Task<StepOutcome> HeedAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) =>
        Task.FromResult(context.SignalOf(Answer).Refusal is { } reason ? new Refusal(reason) : StepOutcome.Done);
}

public sealed class TellCheckout(ShopDb db) : IMessageHandler<StockHeld>
{
    public Task HandleAsync(StockHeld message, MessageContext context, CancellationToken cancellationToken)
    {
        db.SignalSaga("message-checkout", message.Saga, MessageCheckoutSaga.Answer, message);
        return Task.CompletedTask;
    }
}

public sealed class EarlierCheckoutSaga : ISaga<EarlierCheckoutSaga, Checkout>
{
    public static SagaDefinition<EarlierCheckoutSaga, Checkout> Define(SagaStart<EarlierCheckoutSaga, Checkout> saga) => saga
        .Named("checkout", version: 1)
        .Retriable(new StepKey("ship"), run: _ => (_, _) => Task.CompletedTask)
        .Build();
}

public sealed class TransferSaga(ShopDb db, LedgerDb ledger) : ISaga<TransferSaga, Transfer>
{
    public static readonly StepKey Reserve = new("reserve");
    public static readonly StepKey Book = new("book");

    public static SagaDefinition<TransferSaga, Transfer> Define(SagaStart<TransferSaga, Transfer> saga) => saga
        .Named("transfer", version: 1)
        .Step(Reserve, run: s => s.ReserveAsync, undo: s => s.ReleaseAsync, o => o.CommitsWithProgress = true)
        .Pivot(Book, run: s => s.BookAsync, o => o.In<LedgerDb>())
        .Build();

    private Task<StepOutcome> ReserveAsync(SagaContext<Transfer> context, CancellationToken cancellationToken)
    {
        db.Coupons.Add(new Coupon { Order = context.SagaId });
        return Task.FromResult(StepOutcome.Done);
    }

    private async Task ReleaseAsync(SagaContext<Transfer> context, Attempt attempt, CancellationToken cancellationToken) =>
        await db.Coupons.Where(coupon => coupon.Order == context.SagaId).ExecuteDeleteAsync(cancellationToken);

    private Task<StepOutcome> BookAsync(SagaContext<Transfer> context, CancellationToken cancellationToken)
    {
        ledger.Entries.Add(new Entry { Transfer = context.SagaId, Amount = context.Input.Amount });
        return Task.FromResult(StepOutcome.Done);
    }
}

public sealed record Transfer(decimal Amount);

[JsonSerializable(typeof(Checkout))]
[JsonSerializable(typeof(Reservation))]
internal sealed partial class CheckoutJson : JsonSerializerContext;

[JsonSerializable(typeof(Transfer))]
public sealed partial class TransferJson : JsonSerializerContext;

public sealed class Entry
{
    public long Id { get; init; }

    public required string Transfer { get; init; }

    public decimal Amount { get; init; }
}

public sealed class LedgerDb(DbContextOptions<LedgerDb> options) : DbContext(options)
{
    public DbSet<Entry> Entries => Set<Entry>();
}

public interface IStock
{
    Task<string?> ReserveAsync(string idempotencyKey, int quantity, CancellationToken cancellationToken);

    Task ReleaseAsync(string number, CancellationToken cancellationToken);
}

public interface IPayments
{
    Task<string> ChargeAsync(string idempotencyKey, string reservation, CancellationToken cancellationToken);

    Task<string?> FindAsync(string idempotencyKey, CancellationToken cancellationToken);
}

public sealed record Checkout(string Order, int Quantity);

public sealed record Reservation(string Number);

public sealed record Receipt(string Number);

public sealed record Paid(decimal Amount);

public sealed record HoldStock(string Saga, int Quantity);

public sealed record DropStock(string Saga);

public sealed record StockHeld(string Saga, string? Refusal);

public sealed class Order
{
    public required string Id { get; init; }

    public int Quantity { get; init; }
}

public sealed class Coupon
{
    public long Id { get; init; }

    public required string Order { get; init; }
}

public sealed class PointsGrant
{
    public long Id { get; init; }

    public required string Order { get; init; }

    public required string Receipt { get; init; }
}

public sealed class ShopDb(DbContextOptions<ShopDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Coupon> Coupons => Set<Coupon>();

    public DbSet<PointsGrant> Points => Set<PointsGrant>();
}
