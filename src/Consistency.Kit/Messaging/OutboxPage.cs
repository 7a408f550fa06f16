namespace Consistency.Kit.Messaging;

/// <summary>What was read.</summary>
/// <param name="Records">In position order.</param>
/// <param name="Writers">The writers listed after the rows were read; null when not asked for, or when the page grew too large.</param>
/// <param name="IsCutOff">Whether reading stopped at a limit, of rows or bytes: there may be more behind the last record.</param>
public sealed record OutboxPage(IReadOnlyList<OutboxRecord> Records, WriterListing? Writers, bool IsCutOff);
