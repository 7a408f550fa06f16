using System.Diagnostics;
using System.Text.Json;
using Consistency.Kit.Remote;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>A class of this application behind the barrier of its DbContext.</summary>
internal sealed class LocalTccParticipant<TRequest, TReply>(
    string name,
    Type store,
    Func<IServiceProvider, ITccBranch<TRequest, TReply>> create,
    IServiceScopeFactory scopes,
    BarrierEngines engines,
    ILogger logger) : TccParticipant(name)
{
    internal override async Task<RemoteAnswer> CallAsync(RemoteCall call, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            return await RunAsync(call, request, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Nobody knows what was committed: the call is made again, or taken back.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            TccLog.BranchThrew(logger, call.OperationName, Name, call.BranchId, call.TransactionId, exception);
            return new RemoteAnswer.Unknown($"It threw {exception.GetType().Name}.");
        }
    }

    internal override IEnumerable<string> Check() =>
        engines.Has(store) ? [] : [$"Branch '{Name}' works in {store.Name}: add kit.UseEntityFrameworkCore<{store.Name}>()."];

    private async Task<RemoteAnswer> RunAsync(RemoteCall call, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var (engine, barrier) = (engines.Of(store), call.AtBarrier);
        var request = JsonSerializer.Deserialize(bytes.Span, engine.JsonOf<TRequest>())!;
        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var services = scope.ServiceProvider;
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
    }

    private static RemoteAnswer.Done Done(BarrierEngine engine, TReply reply) => new(JsonSerializer.SerializeToUtf8Bytes(reply, engine.JsonOf<TReply>()));
}
