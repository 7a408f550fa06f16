namespace Consistency.Kit.Tcc;

/// <summary>What a branch answered to a try. Whatever is not <see cref="Done"/> dooms the transaction: it is cancelled when the tries end.</summary>
/// <typeparam name="TReply">What a try says.</typeparam>
public abstract record TryOutcome<TReply>
{
    private TryOutcome()
    {
    }

    /// <summary>Whether it is reserved.</summary>
    public virtual bool IsDone => false;

    /// <summary>It is reserved.</summary>
    /// <param name="Reply">What the branch says.</param>
    public sealed record Done(TReply Reply) : TryOutcome<TReply>
    {
        /// <inheritdoc />
        public override bool IsDone => true;
    }

    /// <summary>The business said no, and nothing is reserved.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Refused(Refusal Refusal) : TryOutcome<TReply>;

    /// <summary>Nobody knows whether it is reserved, or the branch was not called any more.</summary>
    /// <param name="Reason">What came instead of an answer.</param>
    public sealed record Unanswered(string Reason) : TryOutcome<TReply>;
}
