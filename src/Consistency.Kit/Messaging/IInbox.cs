namespace Consistency.Kit.Messaging;

/// <summary>Runs handlers so that each message has its effects once.</summary>
public interface IInbox
{
    /// <summary>Claims the messages for the consumer, handles the claimed ones in order, and commits claims and effects together.</summary>
    /// <param name="consumer">The stable name of the consumer.</param>
    /// <param name="messages">Different messages, in order. They share one transaction, but never a scope.</param>
    /// <param name="handle">Runs the handler for the message at the index, in the given scope.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns>What became of each message.</returns>
    /// <remarks>
    /// Insert-first: a message that was claimed before is not handled again; one that is being handled elsewhere is waited for.
    /// When the handler throws, everything is rolled back and the exception is thrown.
    /// </remarks>
    ValueTask<IReadOnlyList<InboxOutcome>> HandleAsync(
        string consumer,
        IReadOnlyList<TransportMessage> messages,
        Func<int, IServiceProvider, CancellationToken, Task> handle,
        CancellationToken cancellationToken);

    /// <summary>Handles a held message, and removes it from the held ones in the same commit.</summary>
    /// <param name="held">The held message, claimed with <see cref="IInboxHolds.TryClaimAsync"/>.</param>
    /// <param name="handle">Runs the handler in the given scope.</param>
    /// <param name="cancellationToken">Cancels the attempt.</param>
    /// <returns><see cref="InboxOutcome.Duplicate"/> when it had been handled before.</returns>
    ValueTask<InboxOutcome> HandleHeldAsync(
        HeldMessage held,
        Func<IServiceProvider, CancellationToken, Task> handle,
        CancellationToken cancellationToken);

    /// <summary>Forgets a small batch of messages handled longer ago than this.</summary>
    /// <param name="retention">How long messages are remembered.</param>
    /// <param name="limit">How many rows at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How many rows were removed.</returns>
    ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken);
}
