namespace Consistency.Kit.Tcc;

/// <summary>Collects barrier rows that no call can need any more.</summary>
public interface IBarrierExpiry
{
    /// <summary>Deletes rows whose branch was confirmed or cancelled longer ago than the retention, in a transaction of its own.</summary>
    /// <param name="retention">Longer than any call can be delayed.</param>
    /// <param name="limit">Rows at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many were deleted; fewer than the limit when there are no more.</returns>
    /// <remarks>A branch that was tried only is never collected by age: its cancel would find nothing to take back.</remarks>
    ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes the rows of a global transaction that is over, after the last call that its coordinator will ever make.</summary>
    /// <param name="transactionId">The global transaction.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>A delayed copy of a try that arrives afterwards would be let in: leave it to the coordinator that knows how long its calls can be delayed.</remarks>
    ValueTask<int> ForgetAsync(string transactionId, CancellationToken cancellationToken);
}
