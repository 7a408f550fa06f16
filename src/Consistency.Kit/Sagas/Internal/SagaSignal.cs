using System.Text.Json.Serialization;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>A signal on its way to a saga. Stored.</summary>
/// <param name="Id">The saga's id.</param>
/// <param name="Name">The signal's name.</param>
/// <param name="Payload">What it brings, encoded.</param>
internal sealed record SagaSignal(string Id, string Name, ReadOnlyMemory<byte> Payload);

[JsonSerializable(typeof(SagaSignal))]
internal sealed partial class SagaSignalJson : JsonSerializerContext;
