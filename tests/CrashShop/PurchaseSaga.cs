using System.Text.Json.Serialization;
using Consistency.Kit.Sagas;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.CrashShop;

internal sealed record Purchase(int Number);

internal sealed record Ticket(string Text);

[JsonSerializable(typeof(Purchase))]
[JsonSerializable(typeof(Ticket))]
internal sealed partial class PurchaseJson : JsonSerializerContext;

/// <summary>
/// Five steps, two of them side by side. Three commit with the progress; the other two call a participant that commits on its own, and the
/// pivot's first reply is always lost.
/// </summary>
internal sealed class PurchaseSaga(CrashShopDb db, IServiceScopeFactory participants, ShopSettings settings) : ISaga<PurchaseSaga, Purchase>
{
    internal static readonly StepKey<Ticket> Reserve = new("reserve");
    internal static readonly StepKey<Ticket> Coupon = new("coupon");
    internal static readonly StepKey<Ticket> Discount = new("discount");
    internal static readonly StepKey<Ticket> Charge = new("charge");
    internal static readonly StepKey Points = new("points");

    private static readonly RetryPolicy Quick = new() { BaseDelay = TimeSpan.FromMilliseconds(20), MaxAttempts = 1_000 };

    public static SagaDefinition<PurchaseSaga, Purchase> Define(SagaStart<PurchaseSaga, Purchase> saga) => saga
        .Named("purchase", version: 1)
        .Step(Reserve, run: s => s.HereAsync, undo: s => s.UndoHereAsync, o => o.CommitsWithProgress = true)
        .Parallel(p => p
            .Step(Coupon, run: s => s.ElsewhereAsync, undo: s => s.UndoElsewhereAsync, o => (o.Retry, o.UndoRetry) = (Quick, Quick))
            .Step(Discount, run: s => s.HereAsync, undo: s => s.UndoHereAsync, o => o.CommitsWithProgress = true))
        .Pivot(Charge, run: s => s.ChargeAsync, check: s => s.CheckAsync, o => o.Retry = Quick)
        .Retriable(Points, run: s => s.AddPointsAsync, o => o.CommitsWithProgress = true)
        .Build();

    private async Task<StepOutcome<Ticket>> HereAsync(SagaContext<Purchase> context, CancellationToken cancellationToken)
    {
        if (settings.Work > TimeSpan.Zero)
        {
            await Task.Delay(settings.Work, TimeProvider.System, cancellationToken);
        }

        Leave(db, context, "do");
        return new Ticket(context.IdempotencyKey);
    }

    private Task UndoHereAsync(SagaContext<Purchase> context, Attempt<Ticket> attempt, CancellationToken cancellationToken)
    {
        Leave(db, context, "undo");
        return Task.CompletedTask;
    }

    private async Task<StepOutcome<Ticket>> ElsewhereAsync(SagaContext<Purchase> context, CancellationToken cancellationToken)
    {
        await CommitElsewhereAsync(context, "do", cancellationToken);
        return new Ticket(context.IdempotencyKey);
    }

    private Task UndoElsewhereAsync(SagaContext<Purchase> context, Attempt<Ticket> attempt, CancellationToken cancellationToken) =>
        CommitElsewhereAsync(context, "undo", cancellationToken);

    private async Task<StepOutcome<Ticket>> ChargeAsync(SagaContext<Purchase> context, CancellationToken cancellationToken)
    {
        if (Purchases.Refuses(settings, context.Input.Number))
        {
            return new Refusal("no money");
        }

        await CommitElsewhereAsync(context, "do", cancellationToken);
        return context.Attempt == 1 ? throw new TimeoutException("The reply is lost.") : new Ticket(context.IdempotencyKey);
    }

    private async Task<CheckOutcome<Ticket>> CheckAsync(SagaContext<Purchase> context, CancellationToken cancellationToken)
    {
        var consumer = context.Step + "/do";
        return await db.Effects.AnyAsync(effect => effect.Consumer == consumer && effect.OrderId == context.Input.Number, cancellationToken)
            ? new Ticket(context.IdempotencyKey)
            : CheckOutcome<Ticket>.NotFound;
    }

    private Task AddPointsAsync(SagaContext<Purchase> context, CancellationToken cancellationToken)
    {
        _ = context.ResultOf(Charge).Text.Length + context.ResultOf(Coupon).Text.Length;
        Leave(db, context, "do");
        return Task.CompletedTask;
    }

    private async Task CommitElsewhereAsync(SagaContext<Purchase> context, string what, CancellationToken cancellationToken)
    {
        await using var scope = participants.CreateAsyncScope();
        var other = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
        Leave(other, context, what);
        await other.SaveChangesAsync(cancellationToken);
    }

    private static void Leave(CrashShopDb db, SagaContext<Purchase> context, string what) =>
        db.Effects.Add(new Effect { Consumer = $"{context.Step}/{what}", OrderId = context.Input.Number, Number = context.Attempt, Worker = Environment.ProcessId });
}
