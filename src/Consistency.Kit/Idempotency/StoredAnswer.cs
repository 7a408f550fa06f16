namespace Consistency.Kit.Idempotency;

/// <summary>What was answered the first time.</summary>
/// <param name="Content">The bytes that were stored, in the form of whoever stored them.</param>
/// <param name="CompletedAt">When, by the store's clock.</param>
public sealed record StoredAnswer(ReadOnlyMemory<byte> Content, DateTimeOffset CompletedAt);
