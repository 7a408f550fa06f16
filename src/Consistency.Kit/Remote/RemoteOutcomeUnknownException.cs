namespace Consistency.Kit.Remote;

/// <summary>A participant was called and nobody knows whether it did what it was asked. The same call may be made again.</summary>
public sealed class RemoteOutcomeUnknownException : ConsistencyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="call">The call.</param>
    /// <param name="reason">What came instead of an answer.</param>
    public RemoteOutcomeUnknownException(RemoteCall call, string reason)
        : base($"The outcome of {call} is unknown: {reason} Make the same call again, or take it back.")
    {
        Call = call;
        Reason = reason;
    }

    /// <summary>The call.</summary>
    public RemoteCall Call { get; }

    /// <summary>What came instead of an answer.</summary>
    public string Reason { get; }

    /// <inheritdoc />
    public override bool IsTransient => true;
}
