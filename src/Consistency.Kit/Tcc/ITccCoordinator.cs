namespace Consistency.Kit.Tcc;

/// <summary>Runs TCCs: every branch reserves, then all are confirmed, or all are cancelled.</summary>
/// <remarks>
/// <para>A transaction is a row of durable work, leased to the instance whose caller tries. A branch is written down before it is tried; the
/// decision before the first confirm or cancel. It is made to confirm only when every try was answered done and the caller's code returned:
/// a try that was refused or got no answer cancels, whatever that code does with it, and so do an exception, a try that was not awaited, and
/// too much time.</para>
/// <para>When the caller's process dies, another instance finds the transaction when its lease ends: undecided it is cancelled, decided it is
/// brought to its end. Branches that do not answer are asked again by the retry policy, then the transaction is parked and told to
/// <see cref="Consistency.Kit.Work.IWorkAlert"/>. Until the end others see what is reserved, and never what is not.</para>
/// </remarks>
public interface ITccCoordinator
{
    /// <summary>Tries branches, decides, and waits until every branch is confirmed or cancelled.</summary>
    /// <param name="id">Names the transaction for good: 1 to 128 visible ASCII characters. A repeat of an id tries nothing, waits for the first one and is told its outcome.</param>
    /// <param name="tries">Tries branches through the scope, one after the other or several at once. It is run once, here, and never again.</param>
    /// <param name="cancellationToken">Before the decision: cancels the transaction. Afterwards: ends the waiting; the transaction goes on.</param>
    /// <returns>Confirmed, cancelled with the reason, or parked.</returns>
    /// <exception cref="Exception">What <paramref name="tries"/> threw, once it is decided to cancel.</exception>
    Task<TccOutcome> RunAsync(string id, Func<TccScope, CancellationToken, Task> tries, CancellationToken cancellationToken);

    /// <summary>As <see cref="RunAsync"/>, and returns when the decision is durable; branches are confirmed or cancelled behind.</summary>
    /// <param name="id">As of <see cref="RunAsync"/>.</param>
    /// <param name="tries">As of <see cref="RunAsync"/>.</param>
    /// <param name="cancellationToken">Before the decision: cancels the transaction.</param>
    /// <returns>Confirming or cancelling, or further on.</returns>
    Task<TccOutcome> DecideAsync(string id, Func<TccScope, CancellationToken, Task> tries, CancellationToken cancellationToken);

    /// <summary>Looks a transaction up.</summary>
    /// <param name="id">The id it was run under.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null when there is none, or it was collected.</returns>
    Task<TccOutcome?> FindAsync(string id, CancellationToken cancellationToken);
}
