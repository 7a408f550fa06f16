using Consistency.Kit.Remote;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>A class of this application behind the barrier of its DbContext.</summary>
internal sealed class LocalTccParticipant<TRequest, TReply>(
    string name,
    BranchRunner<TRequest, TReply> runner,
    IServiceScopeFactory scopes,
    BarrierEngines engines,
    ILogger logger) : CalledTccParticipant(name)
{
    internal override async Task<RemoteAnswer> CallAsync(RemoteCall call, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                return await runner.RunAsync(scope.ServiceProvider, engines, call, request, cancellationToken).ConfigureAwait(false);
            }
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
        engines.Has(runner.Store) ? [] : [$"Branch '{Name}' works in {runner.Store.Name}: add kit.UseEntityFrameworkCore<{runner.Store.Name}>()."];
}
