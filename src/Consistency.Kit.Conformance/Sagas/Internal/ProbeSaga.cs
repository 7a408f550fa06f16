using Consistency.Kit.Sagas;

namespace Consistency.Kit.Conformance.Sagas.Internal;

/// <summary>Five steps: one, two side by side, a pivot, and one behind it. Those with an even place commit with the progress.</summary>
internal sealed class ProbeSaga(SagaProbe probe, IServiceProvider scope) : ProbeSteps(probe, scope), ISaga<ProbeSaga, ProbeInput>
{
    internal static readonly StepKey<ProbeResult> A = new("a");
    internal static readonly StepKey<ProbeResult> B = new("b");
    internal static readonly StepKey<ProbeResult> C = new("c");
    internal static readonly StepKey<ProbeResult> Pivot = new("p");
    internal static readonly StepKey Tail = new("t");

    public static SagaDefinition<ProbeSaga, ProbeInput> Define(SagaStart<ProbeSaga, ProbeInput> saga) => saga
        .Named("probe", version: 1)
        .Step(A, run: s => s.RunAsync, undo: s => s.UndoAsync, WithProgress)
        .Parallel(p => p
            .Step(B, run: s => s.RunAsync, undo: s => s.UndoAsync, o => (o.Retry, o.UndoRetry) = (Quick, Quick))
            .Step(C, run: s => s.RunAsync, undo: s => s.UndoAsync, WithProgress))
        .Pivot(Pivot, run: s => s.RunAsync, check: s => s.CheckAsync, o => o.Retry = Quick)
        .Retriable(Tail, run: s => s.FinishAsync, o => (o.Retry, o.CommitsWithProgress) = (Quick, true))
        .Build();

    internal static void WithProgress(CompensatableStepOptions options)
    {
        options.Retry = Quick;
        options.UndoRetry = Quick;
        options.CommitsWithProgress = true;
    }
}
