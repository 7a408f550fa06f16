using Consistency.Kit.Sagas;

namespace Consistency.Kit.Testing.Tests.Sagas;

public sealed class CheckoutSaga(FakeShop shop) : ISaga<CheckoutSaga, Checkout>
{
    public static readonly StepKey<Reservation> Stock = new("reserve-stock");
    public static readonly StepKey Coupon = new("take-coupon");
    public static readonly StepKey<Receipt> Charge = new("charge");
    public static readonly StepKey Points = new("add-points");
    public static readonly SignalKey<Delivered> Delivery = new("delivered");

    public static SagaDefinition<CheckoutSaga, Checkout> Define(SagaStart<CheckoutSaga, Checkout> saga) => saga
        .Named("checkout", version: 1)
        .Parallel(p => p
            .Step(Stock, run: s => s.ReserveAsync, undo: s => s.ReleaseAsync, o => o.UndoRetry = new() { MaxAttempts = 3 })
            .Step(Coupon, run: s => s.TakeCouponAsync, undo: s => s.ReturnCouponAsync, o => o.Retry = new() { MaxAttempts = 3 }))
        .Pivot(Charge, run: s => s.ChargeAsync, check: s => s.CheckChargeAsync, o => o.Retry = new() { MaxAttempts = 3 })
        .Retriable(Points, run: s => s.AddPointsAsync)
        .Build();

    private Task<StepOutcome<Reservation>> ReserveAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        if (context.Input.Quantity > 100)
        {
            return Task.FromResult<StepOutcome<Reservation>>(new Refusal("out of stock"));
        }

        shop.Reserve(context.IdempotencyKey, context.Input.Quantity);
        return Task.FromResult<StepOutcome<Reservation>>(new Reservation(context.Input.Quantity));
    }

    private Task ReleaseAsync(SagaContext<Checkout> context, Attempt<Reservation> attempt, CancellationToken cancellationToken)
    {
        shop.Release(context.IdempotencyKey, attempt.TryGetResult(out var reservation) ? reservation.Quantity : context.Input.Quantity);
        return Task.CompletedTask;
    }

    private Task<StepOutcome> TakeCouponAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        shop.TakeCoupon(context.IdempotencyKey);
        return Task.FromResult(StepOutcome.Done);
    }

    private Task ReturnCouponAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken)
    {
        shop.ReturnCoupon(context.IdempotencyKey);
        return Task.CompletedTask;
    }

    private Task<StepOutcome<Receipt>> ChargeAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        shop.Charge(context.IdempotencyKey);
        return Task.FromResult<StepOutcome<Receipt>>(new Receipt($"{context.SagaId}-{context.ResultOf(Stock).Quantity}"));
    }

    private Task<CheckOutcome<Receipt>> CheckChargeAsync(SagaContext<Checkout> context, CancellationToken cancellationToken) =>
        Task.FromResult(shop.Knows(context.IdempotencyKey) ? new Receipt("found") : CheckOutcome<Receipt>.NotFound);

    private Task AddPointsAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        shop.AddPoints(context.IdempotencyKey, context.ResultOf(Stock).Quantity);
        return Task.CompletedTask;
    }
}
