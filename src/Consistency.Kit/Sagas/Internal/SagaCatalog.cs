using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>The sagas that this process knows, by name and by class.</summary>
internal sealed class SagaCatalog
{
    private readonly Dictionary<string, SagaEntryPoint> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, SagaEntryPoint> _byClass = [];
    private readonly Dictionary<string, SagaDefinition> _byType = new(StringComparer.Ordinal);
    private readonly WorkStores _stores;

    internal SagaCatalog(IEnumerable<SagaEntryPoint> sagas, WorkStores stores, ISagaCodec codec)
    {
        _stores = stores;
        Codec = codec;
        foreach (var saga in sagas)
        {
            _byName.TryAdd(saga.Definition.Name, saga);
            _byClass.TryAdd(saga.SagaType, saga);
            foreach (var version in saga.Versions)
            {
                _byType.TryAdd(SagaWork.TypeOf(version), version);
            }
        }
    }

    internal ISagaCodec Codec { get; }

    internal SagaEntryPoint Of(Type sagaType) => _byClass.TryGetValue(sagaType, out var saga)
        ? saga
        : throw new InvalidOperationException($"{sagaType.Name} is not registered: add kit.AddSaga<{sagaType.Name}, …>().");

    internal WorkStore StoreOf(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return _byName.TryGetValue(name, out var saga)
            ? _stores.Of(saga.StoreKey, $"Saga '{name}'")
            : throw new ArgumentException($"No saga '{name}' is registered: add kit.AddSaga<…>(); there is {(_byName.Count == 0 ? "none" : string.Join(", ", _byName.Keys))}.", nameof(name));
    }

    /// <returns>Null for a version that this process does not know.</returns>
    internal SagaDefinition? DefinitionOf(string type) => _byType.GetValueOrDefault(type);
}
