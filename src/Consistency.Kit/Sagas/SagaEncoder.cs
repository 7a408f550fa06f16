using Consistency.Kit.Messaging;
using Consistency.Kit.Sagas.Internal;
using Consistency.Kit.Work;

namespace Consistency.Kit.Sagas;

/// <summary>Makes the intent to run a saga out of its input. For packages that store it.</summary>
public sealed class SagaEncoder
{
    private const int MaxId = 200;

    private readonly SagaCatalog _catalog;

    internal SagaEncoder(SagaCatalog catalog) => _catalog = catalog;

    /// <summary>Makes the work that drives the saga.</summary>
    /// <param name="id">Names the saga for good, at most 200 characters.</param>
    /// <param name="input">What it is started with.</param>
    /// <exception cref="InvalidOperationException">The saga is not registered.</exception>
    public NewWork Encode<TSaga, TInput>(string id, TInput input)
        where TSaga : class, ISaga<TSaga, TInput>
        where TInput : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id.Length, MaxId, nameof(id));
        ArgumentNullException.ThrowIfNull(input);
        var definition = _catalog.Of(typeof(TSaga)).Definition;
        var (traceParent, traceState) = TraceContext.Capture();
        return new NewWork
        {
            Scope = SagaWork.ScopeOf(definition.Name),
            Type = SagaWork.TypeOf(definition),
            Key = id,
            Input = _catalog.Codec.Encode(input),
            OnDuplicate = WorkDuplicate.RequireSameInput,
            TraceParent = traceParent,
            TraceState = traceState,
        };
    }
}
