using System.Text.Json;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Brings signals to the sagas of one name, that were sent in a transaction and may not be lost with the process that sent them.</summary>
internal sealed class SagaSignalKind(string saga, Type? storeKey) : WorkKind
{
    internal override string Scope { get; } = SagaWork.SignalOf(saga);

    internal override string Type => Scope;

    internal override Type? StoreKey => storeKey;

    internal override WorkTier Tier => WorkTier.Saga;

    internal override RetryPolicy Retry { get; } = new() { BaseDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromMinutes(1), MaxAttempts = 10, IsFinal = static exception => exception is JsonException };

    internal override async Task RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        var signal = JsonSerializer.Deserialize(run.Work.Input.Span, SagaSignalJson.Default.SagaSignal)!;
        var work = await run.Store.Reader.FindByKeyAsync(SagaWork.ScopeOf(saga), signal.Id, cancellationToken).ConfigureAwait(false);
        var signalled = work is null
            ? WorkSignalled.NotFound
            : await run.Store.SignalAsync(work.Id, new WorkSignal(signal.Name, signal.Payload), cancellationToken).ConfigureAwait(false);
        if (signalled == WorkSignalled.NotFound)
        {
            throw new InvalidOperationException($"There is no saga '{saga}' with the id '{signal.Id}' to be told of '{signal.Name}'.");
        }
    }
}
