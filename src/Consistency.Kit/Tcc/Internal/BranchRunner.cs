using System.Diagnostics;
using System.Text.Json;
using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Passes calls of one branch of this application through its barrier.</summary>
internal sealed class BranchRunner<TRequest, TReply>(Type store, Func<IServiceProvider, ITccBranch<TRequest, TReply>> create)
{
    internal Type Store => store;

    internal async Task<RemoteAnswer> RunAsync(IServiceProvider services, BarrierEngines engines, RemoteCall call, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var (engine, barrier) = (engines.Of(store), call.AtBarrier);
        var request = JsonSerializer.Deserialize(bytes.Span, engine.JsonOf<TRequest>())!;
        if (barrier.Operation != BranchOperation.Try)
        {
            var ended = await engine.RunAsync(
                services,
                barrier,
                token => barrier.Operation == BranchOperation.Confirm ? create(services).ConfirmAsync(request, barrier, token) : create(services).CancelAsync(request, barrier, token),
                cancellationToken).ConfigureAwait(false);
            return ended is BranchOutcome<bool>.OutOfOrder order
                ? new RemoteAnswer.Unknown($"Out of order: the branch is {order.Found.ToString().ToLowerInvariant()}.")
                : new RemoteAnswer.Done(default);
        }

        return await engine.RunAsync<TReply>(services, barrier, token => create(services).TryAsync(request, barrier, token), cancellationToken).ConfigureAwait(false) switch
        {
            BranchOutcome<TReply>.Done done => Done(engine, done.Result),
            BranchOutcome<TReply>.Repeated repeated => Done(engine, repeated.Result!),
            BranchOutcome<TReply>.Superseded => new RemoteAnswer.Refused(new Refusal("The branch was cancelled before."), IsSuperseded: true),
            BranchOutcome<TReply>.Refused refused => new RemoteAnswer.Refused(refused.Refusal, IsSuperseded: false),
            _ => throw new UnreachableException(),
        };
    }

    private static RemoteAnswer.Done Done(BarrierEngine engine, TReply reply) => new(JsonSerializer.SerializeToUtf8Bytes(reply, engine.JsonOf<TReply>()));
}
