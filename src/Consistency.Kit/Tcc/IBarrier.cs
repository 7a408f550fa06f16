namespace Consistency.Kit.Tcc;

/// <summary>Lets each call of a branch take effect once, and in an order that makes sense, whatever the network does.</summary>
/// <remarks>
/// <para>There is one row for a branch: none → tried → confirmed or cancelled, and none → cancelled for a cancel that comes first. A call moves it
/// and runs its effect in one transaction of the participant's own database: both are committed, or neither is.</para>
/// <para>Calls of one branch that overlap wait for each other. What a database reports of such a race (a serialization failure, a deadlock) is
/// tried again, at most a few times, and then thrown.</para>
/// </remarks>
public interface IBarrier
{
    /// <summary>Passes the barrier with a call and runs its effect, or says why not.</summary>
    /// <param name="scope">The scope whose session (DbContext) the effect uses.</param>
    /// <param name="branchCall">The call.</param>
    /// <param name="effect">
    /// What the call is for. It saves with the scope's session, or leaves changes to be saved; it cannot end the transaction, and must not call
    /// other systems. Run again, with the session cleared, when its transaction lost a race. The bytes are what repeats are told.
    /// </param>
    /// <param name="cancellationToken">Cancels beginning and the effect; never the commit.</param>
    /// <remarks>
    /// When the effect throws, everything is rolled back and the exception passed on. In a transaction that is open already the call joins it:
    /// its owner commits, nothing is run again here, and the owner must not commit when this throws. What was refused is rolled back to where
    /// the call began, where the transaction has savepoints; where it has none, the owner must not commit then either.
    /// </remarks>
    ValueTask<BranchOutcome<ReadOnlyMemory<byte>>> RunAsync(
        IServiceProvider scope,
        BranchCall branchCall,
        Func<CancellationToken, Task<BranchResult<ReadOnlyMemory<byte>>>> effect,
        CancellationToken cancellationToken);
}
