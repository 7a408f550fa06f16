namespace Consistency.Kit.Work;

/// <summary>One line of a work's history. Appended with the transition that it tells of, never changed.</summary>
public sealed record WorkEvent
{
    /// <summary>Its place in the work's history, from 1 and without gaps. Given by the store.</summary>
    public long Number { get; init; }

    /// <summary>When it was appended, by the store's clock. Given by the store.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>What happened, as a stable name such as <c>attempt-failed</c>. At most 64 characters.</summary>
    public required string Name { get; init; }

    /// <summary>The step it happened to; null when it concerns the whole. At most 200 characters.</summary>
    public string? Step { get; init; }

    /// <summary>The attempt it happened in, from 1; null when it belongs to none.</summary>
    public int? Attempt { get; init; }

    /// <summary>The operator who decided it; null when the kit did. At most 200 characters.</summary>
    public string? Actor { get; init; }

    /// <summary>Whatever the name promises: a reason as UTF-8 text, a step's result as JSON; empty when there is nothing to say.</summary>
    public ReadOnlyMemory<byte> Detail { get; init; }
}
