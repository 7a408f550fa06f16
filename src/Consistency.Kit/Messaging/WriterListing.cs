namespace Consistency.Kit.Messaging;

/// <summary>The transactions that may have taken positions and have not ended.</summary>
/// <param name="LastPosition">The highest position given out before the writers were listed.</param>
/// <param name="Writers">Identities that are never used twice. One whose rows a read could see already must not be listed any more.</param>
public sealed record WriterListing(long LastPosition, IReadOnlySet<string> Writers);
