using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>What is known of one saga.</summary>
public sealed class SagaSnapshot
{
    private readonly SagaProgress? _progress;
    private readonly ISagaCodec _codec;

    internal SagaSnapshot(SagaProgress? progress, ISagaCodec codec)
    {
        _progress = progress;
        _codec = codec;
    }

    /// <summary>Which saga.</summary>
    public required SagaIdentity Saga { get; init; }

    /// <summary>The work that drives it; operators list parked sagas by it.</summary>
    public required Guid WorkId { get; init; }

    /// <summary>Name, version and hash of its definition.</summary>
    public required string Definition { get; init; }

    /// <summary>Where it stands.</summary>
    public required SagaStatus Status { get; init; }

    /// <summary>Where it is heading, or was when it ended.</summary>
    public SagaDirection Direction => _progress?.Direction ?? SagaDirection.Forward;

    /// <summary>Why it turned back or is parked; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>When it was started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; null before.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its steps in the order of its definition; empty when this process does not know that version.</summary>
    public IReadOnlyList<StepProgress> Steps => _progress?.Steps ?? [];

    /// <summary>Whether nothing more will happen by itself: it has ended, or is parked.</summary>
    public bool IsAtRest => Status != SagaStatus.Running;

    /// <summary>The result of a step.</summary>
    /// <param name="key">The step.</param>
    /// <exception cref="InvalidOperationException">The step has no result.</exception>
    public TResult ResultOf<TResult>(StepKey<TResult> key)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        return _progress?.Find(key.Name) is { HasResult: true } step
            ? _codec.Decode<TResult>(step.Result)
            : throw new InvalidOperationException($"Step '{key.Name}' of saga {Saga} has no result.");
    }
}
