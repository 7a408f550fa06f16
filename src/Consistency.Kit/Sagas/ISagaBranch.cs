using Consistency.Kit.Tcc;

namespace Consistency.Kit.Sagas;

/// <summary>A participant of sagas that other services coordinate: it acts, and takes its action back.</summary>
/// <typeparam name="TRequest">What it is asked for; the same for both operations.</typeparam>
/// <typeparam name="TReply">What an action says.</typeparam>
/// <remarks>
/// Made for each call in a scope of its own, and run behind the barrier of its DbContext, which it takes from that scope: changes need not be
/// saved, each operation takes effect once and in order, and nothing is left of one that throws. It must not call other systems. It is run
/// again, with the change tracker cleared, when its transaction lost a race, so it loads what it changes.
/// </remarks>
public interface ISagaBranch<in TRequest, TReply>
{
    /// <summary>Acts, or refuses; then nothing is left of it.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="branchCall">The call.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    Task<BranchResult<TReply>> ActAsync(TRequest request, BranchCall branchCall, CancellationToken cancellationToken);

    /// <summary>Takes the action back. Only called after an action that was done.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="branchCall">The call.</param>
    /// <param name="cancellationToken">Cancelled when it takes too long.</param>
    Task CompensateAsync(TRequest request, BranchCall branchCall, CancellationToken cancellationToken);
}
