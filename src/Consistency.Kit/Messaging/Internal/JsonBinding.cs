using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Consistency.Kit.Messaging.Internal;

internal static class JsonBinding
{
    internal static JsonTypeInfo<T>? Find<T>(IReadOnlyList<JsonSerializerContext> contexts, string name, List<string> problems, string what = "Message")
    {
        foreach (var context in contexts)
        {
            if (context.GetTypeInfo(typeof(T)) is JsonTypeInfo<T> json)
            {
                return json;
            }
        }

        problems.Add(contexts.Count == 0
            ? $"{what} '{name}' cannot be encoded because no JSON context was given: add kit.UseJson(YourJsonContext.Default)."
            : $"{what} '{name}' cannot be encoded: add [JsonSerializable(typeof({typeof(T).Name}))] to {contexts[0].GetType().Name}, or add kit.UseJson(…) with the context that has it.");
        return null;
    }

    internal static T Read<T>(JsonTypeInfo<T> json, ReadOnlyMemory<byte> payload) =>
        JsonSerializer.Deserialize(payload.Span, json) ?? throw new JsonException("The body is JSON null.");
}
