using Consistency.Kit.Sagas;

namespace Consistency.Kit.Conformance.Sagas.Internal;

/// <summary>Waits only for a moment.</summary>
internal sealed class HastySaga(SagaProbe probe, IServiceProvider scope) : ProbeSteps(probe, scope), ISaga<HastySaga, ProbeInput>
{
    public static SagaDefinition<HastySaga, ProbeInput> Define(SagaStart<HastySaga, ProbeInput> saga) => saga
        .Named("hasty", version: 1)
        .Step(ProbeSaga.A, run: s => s.RunAsync, undo: s => s.UndoAsync, ProbeSaga.WithProgress)
        .WaitFor(WaitingSaga.Go, within: TimeSpan.FromMilliseconds(200))
        .Pivot(ProbeSaga.Pivot, run: s => s.RunAsync)
        .Build();
}
