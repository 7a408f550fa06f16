using System.Text.Json.Serialization;

namespace Consistency.Kit.AspNetCore.Tests.Support;

public sealed record Amount(int Value);

[JsonSerializable(typeof(int))]
internal sealed partial class TestJson : JsonSerializerContext;
