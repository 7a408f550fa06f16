using System.Text.Json;
using System.Text.Json.Serialization;

namespace Consistency.Kit.Tcc.Internal;

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BranchCommand))]
[JsonSerializable(typeof(BranchReply))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class BranchJson : JsonSerializerContext;
