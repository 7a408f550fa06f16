using System.Text.Json;
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
    /// <param name="store">The store that is to keep it, by its DbContext; null for the one it is registered with.</param>
    /// <returns>The work to add, and the handle to tell of what became of it.</returns>
    /// <exception cref="InvalidOperationException">The saga is not registered, or is kept in another store.</exception>
    public (NewWork Work, StartedSaga Handle) Encode<TSaga, TInput>(string id, TInput input, Type? store)
        where TSaga : class, ISaga<TSaga, TInput>
        where TInput : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id.Length, MaxId, nameof(id));
        ArgumentNullException.ThrowIfNull(input);
        var registered = _catalog.Of(typeof(TSaga));
        var definition = registered.Definition;
        if (store is not null && registered.StoreKey is { } own && own != store)
        {
            throw new InvalidOperationException($"Saga '{definition.Name}' is kept in {own.Name}, and was started on {store.Name}: start it on a {own.Name}, or change kit.AddSaga<{typeof(TSaga).Name}, …>(saga => saga.In<{store.Name}>()).");
        }

        var (traceParent, traceState) = TraceContext.Capture();
        var work = new NewWork
        {
            Scope = SagaWork.ScopeOf(definition.Name),
            Type = SagaWork.TypeOf(definition),
            Key = id,
            Input = _catalog.Codec.Encode(input),
            OnDuplicate = WorkDuplicate.RequireSameInput,
            TraceParent = traceParent,
            TraceState = traceState,
        };
        return (work, new StartedSaga(new SagaIdentity(definition.Name, id), work.Id));
    }

    /// <summary>Makes the work that brings a signal to a saga.</summary>
    /// <param name="saga">The stable name of its definition.</param>
    /// <param name="id">The id it was started under.</param>
    /// <param name="signal">What has happened.</param>
    /// <param name="payload">What is to be known of it.</param>
    /// <param name="store">The store that is to keep the work, by its DbContext; null for the one that keeps the saga.</param>
    /// <exception cref="ArgumentException">No such saga is registered.</exception>
    /// <exception cref="InvalidOperationException">The saga is kept in another store.</exception>
    public NewWork EncodeSignal<TPayload>(string saga, string id, SignalKey<TPayload> signal, TPayload payload, Type? store)
        where TPayload : notnull
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(id.Length, MaxId, nameof(id));
        ArgumentNullException.ThrowIfNull(signal);
        ArgumentNullException.ThrowIfNull(payload);
        if (store is not null && _catalog.StoreOf(saga).Key is { } own && own != store)
        {
            throw new InvalidOperationException($"Saga '{saga}' is kept in {own.Name}, and was signalled on {store.Name}: signal it on a {own.Name}, or through ISagas once this is committed.");
        }

        var (traceParent, traceState) = TraceContext.Capture();
        return new NewWork
        {
            Scope = SagaWork.SignalOf(saga),
            Type = SagaWork.SignalOf(saga),
            Input = JsonSerializer.SerializeToUtf8Bytes(new SagaSignal(id, signal.Name, _catalog.Codec.Encode(payload)), SagaSignalJson.Default.SagaSignal),
            TraceParent = traceParent,
            TraceState = traceState,
        };
    }

    /// <summary>Tells the handle what became of its saga.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="added">What became of the work.</param>
    public static void Complete(StartedSaga handle, WorkAdded added)
    {
        ArgumentNullException.ThrowIfNull(handle);
        handle.Become(added);
    }
}
