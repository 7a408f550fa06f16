using Consistency.Kit.Sagas;

namespace Consistency.Kit.Conformance.Sagas.Internal;

/// <summary>Waits between two steps.</summary>
internal sealed class WaitingSaga(SagaProbe probe, IServiceProvider scope) : ProbeSteps(probe, scope), ISaga<WaitingSaga, ProbeInput>
{
    internal static readonly SignalKey<ProbeResult> Go = new("go");

    public static SagaDefinition<WaitingSaga, ProbeInput> Define(SagaStart<WaitingSaga, ProbeInput> saga) => saga
        .Named("waiting", version: 1)
        .Step(ProbeSaga.A, run: s => s.RunAsync, undo: s => s.UndoAsync, o => (o.Retry, o.UndoRetry) = (Quick, Quick))
        .WaitFor(Go, within: TimeSpan.FromMinutes(10))
        .Pivot(ProbeSaga.Pivot, run: s => s.RepeatAsync)
        .Build();

    private Task<StepOutcome<ProbeResult>> RepeatAsync(SagaContext<ProbeInput> context, CancellationToken cancellationToken) =>
        Task.FromResult<StepOutcome<ProbeResult>>(context.SignalOf(Go));
}
