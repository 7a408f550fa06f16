namespace Consistency.Kit.Idempotency;

/// <summary>The attempt was silent longer than its lease, and another one has taken its request over: what this one was about to write is not written.</summary>
public sealed class AttemptLostException : ConsistencyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="key">The request.</param>
    /// <param name="innerException">How it was noticed, when by an exception.</param>
    public AttemptLostException(IdempotencyKey key, Exception? innerException = null)
        : base($"An attempt at {key} lost its lease to another one. Nothing of this save was kept; the other attempt answers the request.", innerException) => Key = key;

    /// <summary>The request.</summary>
    public IdempotencyKey Key { get; }

    /// <summary>True: asking again gives the other attempt's answer.</summary>
    public override bool IsTransient => true;
}
