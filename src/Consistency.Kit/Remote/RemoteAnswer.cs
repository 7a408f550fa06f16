namespace Consistency.Kit.Remote;

/// <summary>What is known after a call to a participant.</summary>
public abstract record RemoteAnswer
{
    private RemoteAnswer()
    {
    }

    /// <summary>The participant did it, now or before.</summary>
    /// <param name="Reply">What it says: the answer's <c>result</c> where there is one, the whole content otherwise.</param>
    public sealed record Done(ReadOnlyMemory<byte> Reply) : RemoteAnswer;

    /// <summary>The participant said no, and nothing is left of the call there.</summary>
    /// <param name="Refusal">Why.</param>
    /// <param name="IsSuperseded">Whether it said no because the branch was cancelled before.</param>
    public sealed record Refused(Refusal Refusal, bool IsSuperseded) : RemoteAnswer;

    /// <summary>The participant is at it: the same call is to be made again. Not a failure.</summary>
    /// <param name="RetryAfter">When, as the participant wishes; null when it does not say.</param>
    public sealed record Running(TimeSpan? RetryAfter) : RemoteAnswer;

    /// <summary>Nobody knows whether it was done. Never a failure: the same call is to be made again, or taken back.</summary>
    /// <param name="Reason">What came instead of an answer; no content of it.</param>
    public sealed record Unknown(string Reason) : RemoteAnswer;
}
