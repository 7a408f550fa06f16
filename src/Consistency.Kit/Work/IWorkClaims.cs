namespace Consistency.Kit.Work;

/// <summary>Divides due work among the living instances.</summary>
/// <remarks>
/// A claim is a lease: it ends by itself, and the work is then due for everybody. Taking work raises its epoch. Every method is atomic.
/// Time is the store's own clock.
/// </remarks>
public interface IWorkClaims
{
    /// <summary>Claims due work of the types that the caller knows and that have no limit.</summary>
    /// <param name="request">Who asks, for what and how much.</param>
    /// <param name="cancellationToken">Cancels the call; what was claimed is free again when its lease ends.</param>
    /// <remarks>No two callers get the same work at the same time. Work whose lease ended counts one take-over more.</remarks>
    ValueTask<WorkClaims> ClaimAsync(WorkClaimRequest request, CancellationToken cancellationToken);

    /// <summary>Claims due work of one limited family, no more than the limit leaves free over all instances.</summary>
    /// <param name="owner">The instance.</param>
    /// <param name="lease">How long it may be silent.</param>
    /// <param name="limit">The limit and the types it counts.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Work whose lease has ended does not count any more: a frozen instance that goes on may exceed the limit until it notices.</remarks>
    ValueTask<IReadOnlyList<ClaimedWork>> ClaimLimitedAsync(string owner, TimeSpan lease, WorkLimit limit, int count, CancellationToken cancellationToken);

    /// <summary>Lengthens leases, counted from now.</summary>
    /// <param name="leases">The claims.</param>
    /// <param name="lease">How long from now.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Those that are still the caller's. The others are lost for good.</returns>
    ValueTask<IReadOnlyList<WorkLease>> RenewAsync(IReadOnlyList<WorkLease> leases, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Gives claims back that came to nothing. Those that were lost meanwhile are left alone.</summary>
    /// <param name="releases">The claims.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask ReleaseAsync(IReadOnlyList<WorkRelease> releases, CancellationToken cancellationToken);
}
