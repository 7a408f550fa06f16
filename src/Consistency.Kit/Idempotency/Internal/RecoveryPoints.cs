using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Consistency.Kit.Idempotency.Internal;

/// <summary>Named results as one JSON object, each kept as it was written.</summary>
internal sealed class RecoveryPoints
{
    private readonly Dictionary<string, byte[]> _points = new(StringComparer.Ordinal);
    private ReadOnlyMemory<byte> _encoded;

    internal RecoveryPoints(ReadOnlyMemory<byte> encoded)
    {
        _encoded = encoded;
        if (encoded.IsEmpty)
        {
            return;
        }

        using var document = JsonDocument.Parse(encoded);
        foreach (var point in document.RootElement.EnumerateObject())
        {
            _points[point.Name] = System.Text.Encoding.UTF8.GetBytes(point.Value.GetRawText());
        }
    }

    internal ReadOnlyMemory<byte> Encoded => _encoded;

    internal bool TryGet<T>(string name, JsonTypeInfo<T> json, out T? result)
    {
        if (_points.TryGetValue(name, out var stored))
        {
            result = JsonSerializer.Deserialize(stored, json);
            return true;
        }

        result = default;
        return false;
    }

    internal void Set<T>(string name, T result, JsonTypeInfo<T> json, int maxBytes)
    {
        var value = JsonSerializer.SerializeToUtf8Bytes(result, json);
        var before = _points.GetValueOrDefault(name);
        _points[name] = value;
        var encoded = Encode();
        if (encoded.Length > maxBytes)
        {
            if (before is null)
            {
                _points.Remove(name);
            }
            else
            {
                _points[name] = before;
            }

            throw new InvalidOperationException(
                $"The recovery points of a request would take {encoded.Length} bytes with '{name}'; the limit is {maxBytes}. Keep a reference to the data instead, or raise IdempotencyOptions.MaxPointBytes.");
        }

        _encoded = encoded;
    }

    private byte[] Encode()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in _points)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(value, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
