namespace Consistency.Kit.Sagas;

/// <summary>One line of a saga's history. The history is the saga: its state is what its events add up to.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
public sealed record SagaEvent(SagaEventKind Kind, DateTimeOffset At)
{
    /// <summary>The step it happened to; null when it concerns the whole saga.</summary>
    public string? Step { get; init; }

    /// <summary>Which attempt, from 1; 0 when it belongs to none.</summary>
    public int Attempt { get; init; }

    /// <summary>When it is tried again, or until when it waits.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whether trying again is useless.</summary>
    public bool IsFinal { get; init; }

    /// <summary>Why, for people.</summary>
    public string? Reason { get; init; }

    /// <summary>The operator who decided it; null when the kit did.</summary>
    public string? Actor { get; init; }

    /// <summary>The result of a step or what a signal brought, as it is stored; null when there is none.</summary>
    public ReadOnlyMemory<byte>? Payload { get; init; }
}
