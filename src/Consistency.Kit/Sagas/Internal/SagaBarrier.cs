using Consistency.Kit.Tcc;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Passes the steps of one saga that work on other databases through the barriers there: a step is a try, its undo a cancel.</summary>
internal sealed class SagaBarrier(BarrierEngines barriers, string saga, Guid work)
{
    internal string TransactionId { get; } = $"{saga}/{work:N}";

    internal async Task<StepReply> PassAsync(Type database, SagaCall call, IServiceProvider scope, Func<CancellationToken, Task<StepReply>> effect, CancellationToken cancellationToken)
    {
        var branch = new BranchCall(TransactionId, call.Step, call.Kind == SagaCallKind.Undo ? BranchOperation.Cancel : BranchOperation.Try);
        try
        {
            var outcome = await barriers.Of(database).Store.Barrier.RunAsync(scope, branch, token => RunAsync(effect, token), cancellationToken).ConfigureAwait(false);
            return outcome switch
            {
                BranchOutcome<ReadOnlyMemory<byte>>.Done done => Done(done.Result),
                BranchOutcome<ReadOnlyMemory<byte>>.Repeated repeated => Done(repeated.Result),
                BranchOutcome<ReadOnlyMemory<byte>>.Empty => StepReply.DoneWithoutResult,
                BranchOutcome<ReadOnlyMemory<byte>>.Refused refused => new StepReply.Refused(refused.Refusal.Reason),
                BranchOutcome<ReadOnlyMemory<byte>>.Superseded => new StepReply.Refused("it was undone before it came"),
                _ => throw new InvalidOperationException($"The barrier does not let {branch} pass: {outcome}."),
            };
        }
        catch (UnfinishedStepException unfinished)
        {
            return unfinished.Reply;
        }
    }

    /// <summary>Deletes what the barriers keep of the saga.</summary>
    internal async Task ForgetAsync(IEnumerable<Type> databases, CancellationToken cancellationToken)
    {
        foreach (var database in databases)
        {
            await barriers.Of(database).Store.Expiry.ForgetAsync(TransactionId, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<BranchResult<ReadOnlyMemory<byte>>> RunAsync(Func<CancellationToken, Task<StepReply>> effect, CancellationToken cancellationToken) =>
        await effect(cancellationToken).ConfigureAwait(false) switch
        {
            StepReply.Done done => done.Result ?? default,
            StepReply.Refused refused => new Refusal(refused.Reason),
            var reply => throw new UnfinishedStepException(reply),
        };

    private static StepReply.Done Done(ReadOnlyMemory<byte> result) => new(result.IsEmpty ? null : result);
}
