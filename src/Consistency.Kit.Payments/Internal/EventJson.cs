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
}
