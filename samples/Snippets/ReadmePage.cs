using Consistency.Kit;
using Consistency.Kit.Sagas;
using Microsoft.EntityFrameworkCore;

namespace Snippets.ReadmePage;

internal static class Program
{
    internal static async Task StartAsync(ConsistencyKitBuilder kit, ShopDb db, Order order, CancellationToken cancellationToken)
    {
        kit.AddSaga<CheckoutSaga, Checkout>();

        db.Orders.Add(order);
        db.StartSaga<CheckoutSaga, Checkout>(order.Id.ToString(), new Checkout(order.Id, order.Sku, order.Amount));
        await db.SaveChangesAsync(cancellationToken);    // the order and its saga, or neither; it starts at once
    }
}

public sealed class CheckoutSaga(ShopDb db, IPayments payments) : ISaga<CheckoutSaga, Checkout>
{
    private static readonly StepKey Reserve = new("reserve");
    private static readonly StepKey<string> Charge = new("charge");
    private static readonly StepKey Ship = new("ship");

    public static SagaDefinition<CheckoutSaga, Checkout> Define(SagaStart<CheckoutSaga, Checkout> saga) => saga
        .Named("checkout", version: 1)
        .Step(Reserve, run: s => s.ReserveAsync, undo: s => s.ReleaseAsync, o => o.CommitsWithProgress = true)
        .Pivot(Charge, run: s => s.ChargeAsync)                                     // what comes before is undone when it says no
        .Retriable(Ship, run: s => s.ShipAsync, o => o.CommitsWithProgress = true)  // what comes behind is tried until it is done
        .Build();

    // In your database: committed with the note that the step is done.
    private async Task<StepOutcome> ReserveAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) =>
        await db.Products.Where(product => product.Sku == context.Input.Sku && product.Left > 0)
            .ExecuteUpdateAsync(set => set.SetProperty(product => product.Left, product => product.Left - 1), cancellationToken) > 0
            ? StepOutcome.Done
            : new Refusal("sold out");

    private async Task ReleaseAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken) =>
        await db.Products.Where(product => product.Sku == context.Input.Sku)
            .ExecuteUpdateAsync(set => set.SetProperty(product => product.Left, product => product.Left + 1), cancellationToken);

    // At another company: called again with the same key until it answers, so it charges once.
    private async Task<StepOutcome<string>> ChargeAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) =>
        await payments.ChargeAsync(context.IdempotencyKey, context.Input.Amount, cancellationToken) is { } receipt ? receipt : new Refusal("card declined");

    private async Task ShipAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        var order = await db.Orders.SingleAsync(order => order.Id == context.Input.Order, cancellationToken);
        order.Receipt = context.ResultOf(Charge);
    }
}

public sealed record Checkout(Guid Order, string Sku, decimal Amount);

public interface IPayments
{
    Task<string?> ChargeAsync(string key, decimal amount, CancellationToken cancellationToken);
}

public sealed class Order
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Sku { get; init; }

    public decimal Amount { get; init; }

    public string? Receipt { get; set; }
}

public sealed class Product
{
    public int Id { get; init; }

    public required string Sku { get; init; }

    public int Left { get; init; }
}

public sealed class ShopDb(DbContextOptions<ShopDb> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();

    public DbSet<Product> Products => Set<Product>();
}
