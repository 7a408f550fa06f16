using System.Globalization;
using System.Text.Json;

namespace Consistency.Kit.AspNetCore.Tests.Support;

/// <summary>An answer, read to its end.</summary>
internal sealed record Reply(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    internal bool IsReplayed => Headers.GetValueOrDefault("Idempotency-Replayed") == "true";

    internal int? RetryAfter => Headers.TryGetValue("Retry-After", out var seconds) ? int.Parse(seconds, CultureInfo.InvariantCulture) : null;

    /// <summary>The problem's type, without what all have in common; null when this is no problem.</summary>
    internal string? Problem =>
        Headers.GetValueOrDefault("Content-Type")?.StartsWith("application/problem+json", StringComparison.Ordinal) == true
            ? JsonDocument.Parse(Body).RootElement.GetProperty("type").GetString()!.Replace("urn:consistency-kit:idempotency:", "", StringComparison.Ordinal)
            : null;

    internal static async Task<Reply> OfAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        await response.Content.ReadAsStringAsync(),
        response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
}
