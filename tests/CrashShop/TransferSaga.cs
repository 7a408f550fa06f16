using Consistency.Kit.Sagas;

namespace Consistency.Kit.CrashShop;

/// <summary>Five steps in two databases, two of them side by side; every one takes effect once in each direction.</summary>
internal sealed class TransferSaga(CrashShopDb db, LedgerDb ledger, ShopSettings settings) : ISaga<TransferSaga, Purchase>
{
    private static readonly StepKey Reserve = new("reserve");
    private static readonly StepKey<Ticket> Debit = new("debit");
    private static readonly StepKey Discount = new("discount");
    private static readonly StepKey<Ticket> Charge = new("charge");
    private static readonly StepKey Credit = new("credit");

    public static SagaDefinition<TransferSaga, Purchase> Define(SagaStart<TransferSaga, Purchase> saga) => saga
        .Named("purchase", version: 1)
        .Step(Reserve, run: s => s.ReserveAsync, undo: s => s.UnreserveAsync, o => o.CommitsWithProgress = true)
        .Parallel(p => p
            .Step(Debit, run: s => s.DebitAsync, undo: s => s.UndebitAsync, o =>
            {
                o.In<LedgerDb>();
                o.Retry = new() { BaseDelay = TimeSpan.FromMilliseconds(20), MaxAttempts = 1_000 };
            })
            .Step(Discount, run: s => s.ReserveAsync, undo: s => s.UnreserveAsync, o => o.CommitsWithProgress = true))
        .Pivot(Charge, run: s => s.ChargeAsync, o => o.In<LedgerDb>())
        .Retriable(Credit, run: s => s.CreditAsync, o => o.In<LedgerDb>())
        .Build();

    private Task<StepOutcome> ReserveAsync(SagaContext<Purchase> context, CancellationToken cancellationToken)
    {
        db.Effects.Add(Of(context, "do"));
        return Task.FromResult(StepOutcome.Done);
    }

    private Task UnreserveAsync(SagaContext<Purchase> context, Attempt attempt, CancellationToken cancellationToken)
    {
        db.Effects.Add(Of(context, "undo"));
        return Task.CompletedTask;
    }

    private async Task<StepOutcome<Ticket>> DebitAsync(SagaContext<Purchase> context, CancellationToken cancellationToken)
    {
        // Written and then not done: the barrier takes it back.
        ledger.Effects.Add(Of(context, "do"));
        await ledger.SaveChangesAsync(cancellationToken);
        return context.Attempt == 1 ? throw new TimeoutException("The first attempt fails.") : new Ticket(context.IdempotencyKey);
    }

    private async Task UndebitAsync(SagaContext<Purchase> context, Attempt<Ticket> attempt, CancellationToken cancellationToken)
    {
        ledger.Effects.Add(Of(context, "undo"));
        await ledger.SaveChangesAsync(cancellationToken);
    }

    private async Task<StepOutcome<Ticket>> ChargeAsync(SagaContext<Purchase> context, CancellationToken cancellationToken)
    {
        // And so where it is refused.
        ledger.Effects.Add(Of(context, "do"));
        await ledger.SaveChangesAsync(cancellationToken);
        return Purchases.Refuses(settings, context.Input.Number) ? new Refusal("no money") : new Ticket(context.IdempotencyKey);
    }

    private Task CreditAsync(SagaContext<Purchase> context, CancellationToken cancellationToken)
    {
        _ = context.ResultOf(Charge).Text.Length + context.ResultOf(Debit).Text.Length;
        ledger.Effects.Add(Of(context, "do"));
        return Task.CompletedTask;
    }

    private static Effect Of(SagaContext<Purchase> context, string what) =>
        new() { Consumer = $"{context.Step}/{what}", OrderId = context.Input.Number, Number = context.Attempt, Worker = Environment.ProcessId };
}
