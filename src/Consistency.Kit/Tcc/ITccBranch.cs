namespace Consistency.Kit.Tcc;

/// <summary>A participant of TCCs: it reserves, and later makes final or gives back what it reserved.</summary>
/// <typeparam name="TRequest">What it is asked for; the same for all three operations.</typeparam>
/// <typeparam name="TReply">What a try says.</typeparam>
/// <remarks>
/// Made for each call in a scope of its own, and run behind the barrier of its DbContext, which it takes from that scope: changes need not be
/// saved, each operation takes effect once and in order, and nothing is left of one that throws. It must not call other systems. It is run
/// again, with the change tracker cleared, when its transaction lost a race, so it loads what it changes.
/// </remarks>
public interface ITccBranch<in TRequest, TReply>
{
    /// <summary>Reserves, or refuses; then nothing is left of it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="branchCall">The call.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    Task<BranchResult<TReply>> TryAsync(TRequest request, BranchCall branchCall, CancellationToken cancellationToken);

    /// <summary>Makes final what was reserved. Only called after a try that was done.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="branchCall">The call.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    Task ConfirmAsync(TRequest request, BranchCall branchCall, CancellationToken cancellationToken);

    /// <summary>Gives back what was reserved. Only called after a try that was done.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="branchCall">The call.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    Task CancelAsync(TRequest request, BranchCall branchCall, CancellationToken cancellationToken);
}
