namespace Consistency.Kit.Tcc;

/// <summary>What a barrier made of a call.</summary>
/// <typeparam name="TResult">The effect's result.</typeparam>
public abstract record BranchOutcome<TResult>
{
    private BranchOutcome()
    {
    }

    /// <summary>Whether the coordinator may take the call as done.</summary>
    public virtual bool IsDone => false;

    /// <summary>The effect ran now and is committed with the barrier's row.</summary>
    /// <param name="Result">What it returned.</param>
    public sealed record Done(TResult Result) : BranchOutcome<TResult>
    {
        /// <inheritdoc />
        public override bool IsDone => true;
    }

    /// <summary>The same call was committed before; nothing ran now.</summary>
    /// <param name="Result">What the effect returned then; no value where the call was an empty cancel.</param>
    public sealed record Repeated(TResult? Result) : BranchOutcome<TResult>
    {
        /// <inheritdoc />
        public override bool IsDone => true;
    }

    /// <summary>A cancel for which there was nothing to take back. A try that comes later is not let in.</summary>
    public sealed record Empty : BranchOutcome<TResult>
    {
        /// <inheritdoc />
        public override bool IsDone => true;
    }

    /// <summary>A try whose cancel came before it. Nothing ran: the coordinator must not take it as a success.</summary>
    public sealed record Superseded : BranchOutcome<TResult>;

    /// <summary>The business said no; nothing is left of the effect, and the call may be made again.</summary>
    /// <param name="Refusal">Why.</param>
    public sealed record Refused(Refusal Refusal) : BranchOutcome<TResult>;

    /// <summary>A confirm without its try, a confirm after the cancel, or a cancel after the confirm. Nothing ran: the coordinator is broken, and a person has to look.</summary>
    /// <param name="Found">Where the branch stands.</param>
    public sealed record OutOfOrder(BranchState Found) : BranchOutcome<TResult>;
}
