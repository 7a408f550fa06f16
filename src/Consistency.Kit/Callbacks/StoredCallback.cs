namespace Consistency.Kit.Callbacks;

/// <summary>A genuine callback, as it was received.</summary>
/// <param name="Provider">The name under which the provider's callbacks are registered.</param>
/// <param name="EventId">Names the news; unique for each provider.</param>
/// <param name="Kind">What kind of news it is, in the provider's word.</param>
/// <param name="ReceivedAt">When it was received first.</param>
/// <param name="Headers">The headers that its verifier asked for.</param>
/// <param name="Body">The body as it was received.</param>
public sealed record StoredCallback(
    string Provider,
    string EventId,
    string Kind,
    DateTimeOffset ReceivedAt,
    IReadOnlyDictionary<string, string> Headers,
    ReadOnlyMemory<byte> Body);
