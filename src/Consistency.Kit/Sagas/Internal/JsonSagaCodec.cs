using System.Text.Json;
using Consistency.Kit.Idempotency.Internal;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Writes with the contexts the application gave.</summary>
internal sealed class JsonSagaCodec(KitJson json) : ISagaCodec
{
    public ReadOnlyMemory<byte> Encode<T>(T value)
        where T : notnull => JsonSerializer.SerializeToUtf8Bytes(value, json.Of<T>());

    public T Decode<T>(ReadOnlyMemory<byte> bytes)
        where T : notnull => JsonSerializer.Deserialize(bytes.Span, json.Of<T>()) ?? throw new JsonException($"A stored {typeof(T).Name} is JSON null.");

    public void Require<T>()
        where T : notnull => json.Of<T>();
}
