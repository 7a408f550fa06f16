namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>A header to store, with its number in stored answers.</summary>
internal readonly record struct HeaderName(string Text, byte Id)
{
    internal static HeaderName[] Of(IEnumerable<string> names) => [.. names.Order(StringComparer.OrdinalIgnoreCase).Select(name => new HeaderName(name, KnownHeaders.IdOf(name)))];
}
