using System.Collections.Frozen;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Headers of an answer: those stored by default, in the numbering that stored answers use, and those that never are.</summary>
internal static class KnownHeaders
{
    /// <summary>Says that an answer was given before.</summary>
    internal const string Replayed = "Idempotency-Replayed";

    /// <summary>Says that the body of a replayed answer was too large to be stored.</summary>
    internal const string Body = "Idempotency-Body";

    /// <summary>Stored answers name these by their place, counted from 1: append only.</summary>
    internal static readonly string[] Default =
    [
        "Content-Type",
        "Location",
        "ETag",
        "Last-Modified",
        "Link",
        "Content-Language",
        "Content-Encoding",
        "Content-Disposition",
        "Content-Location",
        "Cache-Control",
        "Retry-After",
        "Vary",
        "Preference-Applied",
    ];

    private static readonly FrozenSet<string> Refused = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Set-Cookie", "Connection", "Keep-Alive", "Transfer-Encoding", "Trailer", "Upgrade", "Content-Length", "Date", "Server",
        "WWW-Authenticate", "Proxy-Authenticate", "Authentication-Info", Replayed, Body);

    internal static bool MustNotBeStored(string name) => string.IsNullOrWhiteSpace(name) || name.Length > byte.MaxValue || Refused.Contains(name);

    /// <summary>The header's place in <see cref="Default"/>, from 1; 0 for another one.</summary>
    internal static byte IdOf(string name) => (byte)(Array.FindIndex(Default, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) + 1);
}
