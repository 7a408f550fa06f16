using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Consistency.Kit.Idempotency.Internal;

/// <summary>Finds how a type is written in the contexts the application gave.</summary>
internal sealed class KitJson(IReadOnlyList<JsonSerializerContext> contexts)
{
    private readonly ConcurrentDictionary<Type, JsonTypeInfo> _types = new();

    internal JsonTypeInfo<T> Of<T>() =>
        (JsonTypeInfo<T>)_types.GetOrAdd(
            typeof(T),
            static (type, all) => all.Select(context => context.GetTypeInfo(type)).FirstOrDefault(found => found is not null)
                ?? throw new InvalidOperationException(all.Count == 0
                    ? $"{type.Name} cannot be stored because no JSON context was given: add kit.UseJson(YourJsonContext.Default) with [JsonSerializable(typeof({type.Name}))]."
                    : $"{type.Name} cannot be stored: add [JsonSerializable(typeof({type.Name}))] to {all[0].GetType().Name}, or add kit.UseJson(…) with the context that has it."),
            contexts);
}
