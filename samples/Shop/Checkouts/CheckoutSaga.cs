using Consistency.Kit;
using Consistency.Kit.Sagas;
using Microsoft.EntityFrameworkCore;
using Shop.Customers;
using Shop.Orders;
using Shop.Payments;
using Shop.Points;
using Shop.Shipping;
using Shop.Stocks;

namespace Shop.Checkouts;

/// <summary>Takes the stock, bills, waits until the payment is decided, ships, and gives points. Every step is one commit with its note.</summary>
internal sealed class CheckoutSaga(ShopDb db, IShelf shelf) : ISaga<CheckoutSaga, Checkout>
{
    internal const string Name = "checkout";

    internal static readonly SignalKey<PaymentDecided> Payment = new("payment");

    /// <summary>One customer in so many has no credit.</summary>
    private const int NoCredit = 25;

    /// <summary>Longer than anybody may pay: a saga that gave up by itself could still be paid for, so the payment is closed first and the saga told of it.</summary>
    private static readonly TimeSpan PaymentIsDecided = TimeSpan.FromDays(1);

    private static readonly StepKey Accept = new("accept");
    private static readonly StepKey Take = new("take-stock");
    private static readonly StepKey Bill = new("bill");
    private static readonly StepKey Ship = new("ship");
    private static readonly StepKey Reward = new("give-points");

    public static SagaDefinition<CheckoutSaga, Checkout> Define(SagaStart<CheckoutSaga, Checkout> saga) => saga
        .Named(Name, version: 1)
        .Step(Accept, run: s => s.AcceptAsync, undo: s => s.RejectAsync, OneCommit)
        .Step(Take, run: s => s.TakeAsync, undo: s => s.PutBackAsync, OneCommit)
        .Step(Bill, run: s => s.BillAsync, undo: s => s.WithdrawAsync, OneCommit)
        .WaitFor(Payment, within: PaymentIsDecided)
        .Pivot(Ship, run: s => s.ShipAsync, OneCommit)
        .Retriable(Reward, run: s => s.RewardAsync, OneCommit)
        .Build();

    private static void OneCommit(StepOptions step)
    {
        step.CommitsWithProgress = true;
        step.Retry = new() { BaseDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(200), MaxAttempts = 100 };
    }

    /// <summary>Does nothing: its undo is what the customer is told when a later step was refused.</summary>
    private Task<StepOutcome> AcceptAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) => Task.FromResult(StepOutcome.Done);

    private async Task RejectAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken) =>
        await db.MoveOrderAsync(context.Input.Order, OrderState.Rejected, cancellationToken);

    private async Task<StepOutcome> TakeAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        var (order, product, quantity) = (context.Input.Order, context.Input.Product, context.Input.Quantity);
        if (!await shelf.TryTakeAsync(db, order, product, quantity, cancellationToken))
        {
            return new Refusal("out of stock");
        }

        db.TakenStock.Add(new TakenStock { Order = order, Product = product, Quantity = quantity });
        await db.MoveOrderAsync(order, OrderState.StockTaken, cancellationToken);
        return StepOutcome.Done;
    }

    private async Task PutBackAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken)
    {
        // What was not taken is not put back.
        if (await db.TakenStock.Where(row => row.Order == context.Input.Order).ExecuteDeleteAsync(cancellationToken) > 0)
        {
            await shelf.PutBackAsync(db, context.Input.Order, context.Input.Product, context.Input.Quantity, cancellationToken);
        }
    }

    private async Task<StepOutcome> BillAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        if (context.Input.Reference % NoCredit == 0)
        {
            return new Refusal("no credit");
        }

        await db.BillOrderAsync(context.Input.Order, context.Input.Amount, OrderBook.TimeToPay(context.Input.Reference), cancellationToken);
        await db.MoveOrderAsync(context.Input.Order, OrderState.Billed, cancellationToken);
        return StepOutcome.Done;
    }

    private async Task WithdrawAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken) =>
        await db.Bills.Where(bill => bill.Order == context.Input.Order).ExecuteDeleteAsync(cancellationToken);

    private async Task<StepOutcome> ShipAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        if (context.SignalOf(Payment).Amount is null)
        {
            return new Refusal("nobody paid in time");
        }

        db.Shipments.Add(new Shipment { Order = context.Input.Order });
        await db.MoveOrderAsync(context.Input.Order, OrderState.Shipped, cancellationToken);
        return StepOutcome.Done;
    }

    private async Task RewardAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        db.PointsGrants.Add(new PointsGrant { Order = context.Input.Order, Points = (int)context.SignalOf(Payment).Amount!.Value });
        await db.MoveOrderAsync(context.Input.Order, OrderState.Completed, cancellationToken);
    }
}
