namespace Consistency.Kit.Messaging;

/// <summary>What was read.</summary>
/// <param name="Records">Per shard in position order.</param>
/// <param name="Writers">The writers listed after the rows were read; null when not asked for, or when the page was cut off.</param>
/// <param name="IsCutOff">Whether reading stopped because of <see cref="OutboxRead.MaxBytes"/>: rows may be missing at the end of any shard.</param>
public sealed record OutboxPage(IReadOnlyList<OutboxRecord> Records, WriterListing? Writers, bool IsCutOff);
