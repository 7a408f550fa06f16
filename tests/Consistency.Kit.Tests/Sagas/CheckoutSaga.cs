using Consistency.Kit.Sagas;

namespace Consistency.Kit.Tests.Sagas;

public sealed record Checkout(string Order, int Quantity);

public sealed record Reservation(Guid Id);

public sealed record Receipt(string Number);

/// <summary>A saga as a user writes one; it only has to compile and be read.</summary>
public sealed class CheckoutSaga : ISaga<CheckoutSaga, Checkout>
{
    internal static readonly StepKey<Reservation> Stock = new("reserve-stock");
    internal static readonly StepKey Coupon = new("take-coupon");
    internal static readonly StepKey<Receipt> Charge = new("charge");
    internal static readonly StepKey Points = new("add-points");

    internal List<string> Calls { get; } = [];

    public static SagaDefinition<CheckoutSaga, Checkout> Define(SagaStart<CheckoutSaga, Checkout> saga) => saga
        .Named("checkout", version: 1)
        .Parallel(p => p
            .Step(Stock, run: s => s.ReserveAsync, undo: s => s.ReleaseAsync)
            .Step(Coupon, run: s => s.TakeCouponAsync, undo: s => s.ReturnCouponAsync))
        .Pivot(Charge, run: s => s.ChargeAsync, o => o.Timeout = TimeSpan.FromSeconds(30))
        .Retriable(Points, run: s => s.AddPointsAsync)
        .Build();

    private Task<StepOutcome<Reservation>> ReserveAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        Calls.Add(context.IdempotencyKey);
        return Task.FromResult<StepOutcome<Reservation>>(context.Input.Quantity > 10 ? new Refusal("out of stock") : new Reservation(Guid.Empty));
    }

    private Task ReleaseAsync(SagaContext<Checkout> context, Attempt<Reservation> attempt, CancellationToken cancellationToken)
    {
        Calls.Add($"{context.IdempotencyKey} {(attempt.TryGetResult(out var reservation) ? reservation.Id.ToString("N")[..1] : "unknown")}");
        return Task.CompletedTask;
    }

    private Task<StepOutcome> TakeCouponAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        Calls.Add(context.IdempotencyKey);
        return Task.FromResult(StepOutcome.Done);
    }

    private Task ReturnCouponAsync(SagaContext<Checkout> context, Attempt attempt, CancellationToken cancellationToken)
    {
        Calls.Add(context.IdempotencyKey);
        return Task.CompletedTask;
    }

    private Task<StepOutcome<Receipt>> ChargeAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        Calls.Add($"{context.IdempotencyKey} for {context.ResultOf(Stock).Id:N}"[..30]);
        return Task.FromResult<StepOutcome<Receipt>>(new Receipt("r-1"));
    }

    private Task AddPointsAsync(SagaContext<Checkout> context, CancellationToken cancellationToken)
    {
        Calls.Add($"{context.IdempotencyKey} {context.ResultOf(Charge).Number}");
        return Task.CompletedTask;
    }
}
