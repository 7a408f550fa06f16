using Consistency.Kit.Remote;
using Consistency.Kit.Sagas;

namespace Consistency.Kit.AspNetCore.Tests.Remote;

/// <summary>Pays from a wallet on another service, and ships what was paid.</summary>
internal sealed class PaymentSaga(HttpParticipant wallet) : ISaga<PaymentSaga, Freeze>
{
    internal static readonly StepKey<Frozen> Pay = new("pay");
    internal static readonly StepKey Ship = new("ship");

    public static SagaDefinition<PaymentSaga, Freeze> Define(SagaStart<PaymentSaga, Freeze> saga) => saga
        .Named("payment", version: 1)
        .Step(Pay, run: s => s.PayAsync, undo: s => s.PayBackAsync)
        .Pivot(Ship, run: s => s.ShipAsync)
        .Build();

    private Task<StepOutcome<Frozen>> PayAsync(SagaContext<Freeze> context, CancellationToken cancellationToken) =>
        wallet.ActAsync(context, context.Input, WalletJson.Default.Freeze, WalletJson.Default.Frozen, cancellationToken);

    private Task PayBackAsync(SagaContext<Freeze> context, Attempt<Frozen> attempt, CancellationToken cancellationToken) =>
        wallet.RequireAsync(context, context.Input, WalletJson.Default.Freeze, cancellationToken);

    private Task<StepOutcome> ShipAsync(SagaContext<Freeze> context, CancellationToken cancellationToken) => Task.FromResult(StepOutcome.Done);
}
