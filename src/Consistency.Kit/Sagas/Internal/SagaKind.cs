using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Consistency.Kit.Tcc;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>One version of a saga, as the engine sees it.</summary>
internal sealed class SagaKind<TSaga, TInput>(
    SagaDefinition<TSaga, TInput> definition,
    Type? storeKey,
    ISagaCodec codec,
    SagaLimits limits,
    EndsOf<SagaIdentity> ends,
    BarrierEngines barriers,
    TimeProvider time,
    ILogger logger) : WorkKind
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly Type[] _databases = [.. definition.Plan.Stages.SelectMany(stage => stage).Select(step => step.Database).OfType<Type>().Distinct()];

    internal override string Scope { get; } = SagaWork.ScopeOf(definition.Name);

    internal override string Type { get; } = SagaWork.TypeOf(definition);

    internal override Type? StoreKey => storeKey;

    internal override WorkTier Tier => WorkTier.Saga;

    /// <summary>Of driving the saga at all; its steps have policies of their own.</summary>
    internal override RetryPolicy Retry { get; } = new() { BaseDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromMinutes(1), MaxAttempts = 30, IsFinal = static exception => exception is JsonException };

    internal override async Task RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        var identity = new SagaIdentity(definition.Name, run.Work.Key ?? run.Work.Lease.Id.ToString());
        var input = codec.Decode<TInput>(run.Work.Input);
        var calls = new SagaCalls<TSaga, TInput>(definition, identity, input, Resolve, codec, limits, time) { Barrier = BarrierOf(run.Work.Lease.Id) };
        var rest = await new SagaDriver<TSaga, TInput>(calls, new WorkJournal(run, identity, time, logger), run.Work.CreatedAt).RunAsync(cancellationToken).ConfigureAwait(false);
        if (rest is not SagaRest.Sleeping)
        {
            ends.Announce(identity);
        }
    }

    internal override Task ForgetAsync(Guid id, CancellationToken cancellationToken) => BarrierOf(id).ForgetAsync(_databases, cancellationToken);

    private SagaBarrier BarrierOf(Guid id) => new(barriers, definition.Name, id);

    [SuppressMessage("Usage", "CA2208:Instantiate argument exceptions correctly", Justification = "The scope is the engine's.")]
    private static TSaga Resolve(IServiceProvider? services) => (services ?? throw new ArgumentNullException(nameof(services))).GetRequiredService<TSaga>();
}
