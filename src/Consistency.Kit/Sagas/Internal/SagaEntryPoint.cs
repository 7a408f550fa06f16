namespace Consistency.Kit.Sagas.Internal;

/// <summary>One saga that was registered: the version that is started, and the earlier ones that are still driven.</summary>
internal sealed record SagaEntryPoint(Type SagaType, Type InputType, SagaDefinition Definition, IReadOnlyList<SagaDefinition> Versions, Type? StoreKey, Func<ISagaCodec, IEnumerable<string>> Verify);
