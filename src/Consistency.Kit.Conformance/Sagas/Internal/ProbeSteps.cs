using Consistency.Kit.Sagas;

namespace Consistency.Kit.Conformance.Sagas.Internal;

/// <summary>Steps that do what the probe says.</summary>
internal abstract class ProbeSteps(SagaProbe probe, IServiceProvider scope)
{
    internal static readonly RetryPolicy Quick = new() { BaseDelay = TimeSpan.FromMilliseconds(20), MaxAttempts = 3 };

    internal async Task<StepOutcome<ProbeResult>> RunAsync(SagaContext<ProbeInput> context, CancellationToken cancellationToken) =>
        await probe.CallAsync(context.Step + "/do", context, scope, cancellationToken) is { } refusal
            ? new Refusal(refusal)
            : new ProbeResult($"{context.Step} of {context.Input.Number}");

    internal Task UndoAsync(SagaContext<ProbeInput> context, Attempt<ProbeResult> attempt, CancellationToken cancellationToken) =>
        probe.CallAsync(context.Step + (attempt.IsKnown ? "/undo" : "/undo-unknown"), context, scope, cancellationToken);

    internal async Task<CheckOutcome<ProbeResult>> CheckAsync(SagaContext<ProbeInput> context, CancellationToken cancellationToken) =>
        await probe.CallAsync(context.Step + "/check", context, scope, cancellationToken) is null ? CheckOutcome<ProbeResult>.NotFound : new ProbeResult("found");

    internal Task FinishAsync(SagaContext<ProbeInput> context, CancellationToken cancellationToken) =>
        probe.CallAsync(context.Step + "/do", context, scope, cancellationToken);
}
