using Consistency.Kit.Sagas;

namespace Consistency.Kit.Testing.Tests.Sagas;

/// <summary>Waits in the middle, polls, and has a time limit.</summary>
public sealed class ParcelSaga(FakeShop shop, int polls = 0, Exception? failure = null) : ISaga<ParcelSaga, Checkout>
{
    public static readonly StepKey Coupon = new("take-coupon");
    public static readonly SignalKey<Delivered> Delivery = new("delivered");
    public static readonly StepKey<Receipt> Charge = new("charge");
    private int _polls = polls;

    public static SagaDefinition<ParcelSaga, Checkout> Define(SagaStart<ParcelSaga, Checkout> saga) => saga
        .Named("parcel", version: 2)
        .Timeout(TimeSpan.FromHours(1))
        .Step(Coupon, run: s => s.TakeCouponAsync, undo: s => s.ReturnCouponAsync, o =>
        {
            o.Retry = new() { MaxAttempts = int.MaxValue, IsFinal = exception => exception is NotSupportedException };
            o.CommitsWithProgress = true;
        })
        .WaitFor(Delivery, within: TimeSpan.FromMinutes(30))
        .Pivot(Charge, run: s => s.ChargeAsync)
        .Build();

    private Task<StepOutcome> TakeCouponAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        if (_polls-- > 0)
        {
            return failure is null ? Task.FromResult(StepOutcome.NotYet(TimeSpan.FromMinutes(10))) : throw failure;
        }

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
        return Task.FromResult<StepOutcome<Receipt>>(new Receipt(context.SignalOf(Delivery).To));
    }
}
