using Consistency.Kit.Sagas;
using Consistency.Kit.Testing.Sagas;
using Xunit;

namespace Snippets.SagaTestPage;

internal static class Tests
{
    internal static async Task TryAsync(FakeStock stock)
    {
        var payments = new FakePayments();

        var result = await SagaTest.For(new CheckoutSaga(stock, payments))
            .LoseReply(CheckoutSaga.Stock)          // it was done, and nobody knows
            .CrashAfter(CheckoutSaga.Coupon)        // the process ends before it is noted
            .Refuse(CheckoutSaga.Charge)            // the business says no
            .RunAsync(new Checkout("order-1", 2));

        Assert.Equal(SagaEnd.Undone, result.End);
        Assert.Equal(0, stock.Reserved);
    }
}

public sealed record Checkout(string Order, int Quantity);

public sealed class FakeStock
{
    public int Reserved { get; set; }
}

public sealed class FakePayments
{
    public int Charged { get; set; }
}

public sealed class CheckoutSaga(FakeStock stock, FakePayments payments) : ISaga<CheckoutSaga, Checkout>
{
    public static readonly StepKey Stock = new("reserve-stock");
    public static readonly StepKey Coupon = new("take-coupon");
    public static readonly StepKey Charge = new("charge");

    public static SagaDefinition<CheckoutSaga, Checkout> Define(SagaStart<CheckoutSaga, Checkout> saga) => saga
        .Named("checkout", version: 1)
        .Parallel(p => p
            .Step(Stock, run: s => s.ReserveAsync, undo: s => s.ReleaseAsync)
            .Step(Coupon, run: s => s.TakeCouponAsync, undo: s => s.ReturnCouponAsync))
        .Pivot(Charge, run: s => s.ChargeAsync)
        .Build();

    private Task<StepOutcome> ReserveAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        stock.Reserved = context.Input.Quantity;
        return Task.FromResult(StepOutcome.Done);
    }

    private Task ReleaseAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken)
    {
        stock.Reserved = 0;
        return Task.CompletedTask;
    }

    private Task<StepOutcome> TakeCouponAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) =>
        Task.FromResult(StepOutcome.Done);

    private Task ReturnCouponAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    private Task<StepOutcome> ChargeAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        payments.Charged++;
        return Task.FromResult(StepOutcome.Done);
    }
}
