using Consistency.Kit.Sagas;

namespace Consistency.Kit.Conformance.Sagas.Internal;

/// <summary>The second version of <see cref="WaitingSaga"/>, with one step more.</summary>
internal sealed class NextWaitingSaga(SagaProbe probe, IServiceProvider scope) : ProbeSteps(probe, scope), ISaga<NextWaitingSaga, ProbeInput>
{
    public static SagaDefinition<NextWaitingSaga, ProbeInput> Define(SagaStart<NextWaitingSaga, ProbeInput> saga) => saga
        .Named("waiting", version: 2)
        .Step(ProbeSaga.A, run: s => s.RunAsync, undo: s => s.UndoAsync, ProbeSaga.WithProgress)
        .Step(ProbeSaga.B, run: s => s.RunAsync, undo: s => s.UndoAsync, ProbeSaga.WithProgress)
        .WaitFor(WaitingSaga.Go, within: TimeSpan.FromMinutes(10))
        .Pivot(ProbeSaga.Pivot, run: s => s.RunAsync)
        .Build();
}
