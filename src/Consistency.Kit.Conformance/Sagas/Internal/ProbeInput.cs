using System.Text.Json.Serialization;

namespace Consistency.Kit.Conformance.Sagas.Internal;

internal sealed record ProbeInput(int Number);

internal sealed record ProbeResult(string Text);

[JsonSerializable(typeof(ProbeInput))]
[JsonSerializable(typeof(ProbeResult))]
internal sealed partial class ProbeJson : JsonSerializerContext;
