namespace Consistency.Kit.Messaging;

/// <summary>Keeps received messages that cannot be handled now, in order per consumer, topic and key.</summary>
public interface IInboxHolds
{
    /// <summary>Adds messages, unless this consumer has handled or held them before.</summary>
    /// <param name="messages">In order.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Durable when it returns: the messages may then be acknowledged to the broker.</remarks>
    ValueTask HoldAsync(IReadOnlyList<HeldMessage> messages, CancellationToken cancellationToken);

    /// <summary>The messages that are first of their key and due now or soon, soonest first.</summary>
    /// <param name="consumers">The consumers this process runs.</param>
    /// <param name="within">How far ahead to look.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<HeldMessage>> ListDueAsync(IReadOnlyCollection<string> consumers, TimeSpan within, int limit, CancellationToken cancellationToken);

    /// <summary>Claims one attempt.</summary>
    /// <param name="held">As listed.</param>
    /// <param name="lease">When the message is due again if this attempt is never heard of.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when somebody else was faster.</returns>
    ValueTask<bool> TryClaimAsync(HeldMessage held, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Stores attempts, due time, error and whether the key is held, as given.</summary>
    /// <param name="held">The message after a failed attempt.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask UpdateAsync(HeldMessage held, CancellationToken cancellationToken);
}
