using System.Text.Json;

namespace Consistency.Kit.Payments.Internal;

/// <summary>Reads the few fields of an event that a verifier needs, of a body whose signature fits.</summary>
internal static class EventJson
{
    private static readonly JsonDocumentOptions Shallow = new() { MaxDepth = 32 };

    /// <summary>The texts at the root of a JSON object; null where one is missing, or there is no object.</summary>
    internal static (string? First, string? Second) Read(ReadOnlyMemory<byte> body, string first, string second)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Shallow);
            return json.RootElement.ValueKind == JsonValueKind.Object ? (Text(json.RootElement, first), Text(json.RootElement, second)) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }

    internal static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The text of an answer that has to have it.</summary>
    /// <exception cref="InvalidDataException">It has not.</exception>
    internal static string Need(JsonElement element, string name, string what) => Text(element, name) ?? throw new InvalidDataException($"{what} has no {name}.");

    /// <summary>The number of an answer that has to have it.</summary>
    /// <exception cref="InvalidDataException">It has not.</exception>
    internal static long NeedNumber(JsonElement element, string name, string what) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : throw new InvalidDataException($"{what} has no {name}.");

    /// <summary>Reads an answer that has to be a JSON object.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    internal static JsonDocument Parse(ReadOnlyMemory<byte> body, string what)
    {
        try
        {
            var json = JsonDocument.Parse(body, Shallow);
            if (json.RootElement.ValueKind == JsonValueKind.Object)
            {
                return json;
            }

            json.Dispose();
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{what} is no JSON.", exception);
        }

        throw new InvalidDataException($"{what} is no JSON object.");
    }

    internal static JsonElement Part(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : default;
}
