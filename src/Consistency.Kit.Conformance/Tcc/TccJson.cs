using System.Text.Json.Serialization;

namespace Consistency.Kit.Conformance.Tcc;

/// <summary>What branches of these suites are asked, and say.</summary>
[JsonSerializable(typeof(int))]
public sealed partial class TccJson : JsonSerializerContext;
