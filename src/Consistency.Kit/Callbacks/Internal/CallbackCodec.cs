using System.Buffers;
using System.Text.Json;

namespace Consistency.Kit.Callbacks.Internal;

/// <summary>A stored callback as bytes. The form is kept in rows: fields may be added, never changed.</summary>
internal static class CallbackCodec
{
    internal static byte[] Write(StoredCallback callback)
    {
        var buffer = new ArrayBufferWriter<byte>(callback.Body.Length * 4 / 3 + 512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("provider"u8, callback.Provider);
            json.WriteString("event"u8, callback.EventId);
            json.WriteString("kind"u8, callback.Kind);
            json.WriteString("receivedAt"u8, callback.ReceivedAt);
            json.WriteStartObject("headers"u8);
            foreach (var (name, value) in callback.Headers)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteBase64String("body"u8, callback.Body.Span);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">The bytes are no callback.</exception>
    internal static StoredCallback Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var root = json.RootElement;
            return new StoredCallback(
                root.GetProperty("provider"u8).GetString()!,
                root.GetProperty("event"u8).GetString()!,
                root.GetProperty("kind"u8).GetString()!,
                root.GetProperty("receivedAt"u8).GetDateTimeOffset(),
                root.GetProperty("headers"u8).EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase),
                root.GetProperty("body"u8).GetBytesFromBase64());
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("The row is no stored callback.", exception);
        }
    }
}
