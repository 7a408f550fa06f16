namespace Consistency.Kit.Remote;

/// <summary>What is known after a call to a participant, with its reply read.</summary>
/// <typeparam name="TReply">What the participant says when it did it.</typeparam>
public abstract record RemoteAnswer<TReply>
{
    private RemoteAnswer()
    {
    }

    /// <summary>The participant did it, now or before.</summary>
    /// <param name="Reply">What it says.</param>
    public sealed record Done(TReply Reply) : RemoteAnswer<TReply>;

    /// <inheritdoc cref="RemoteAnswer.Refused"/>
    public sealed record Refused(Refusal Refusal, bool IsSuperseded) : RemoteAnswer<TReply>;

    /// <inheritdoc cref="RemoteAnswer.Running"/>
    public sealed record Running(TimeSpan? RetryAfter) : RemoteAnswer<TReply>;

    /// <inheritdoc cref="RemoteAnswer.Unknown"/>
    public sealed record Unknown(string Reason) : RemoteAnswer<TReply>;
}
