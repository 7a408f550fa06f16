namespace Consistency.Kit.Messaging;

/// <summary>What an operator sees and decides: the messages that were given up.</summary>
public interface IParkedMessages
{
    /// <summary>The parked messages, oldest first.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<ParkedMessage>> ListAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Tries the message again from its first attempt, before the later ones of its key where the key was held.</summary>
    /// <param name="id">As listed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when it is not parked any more.</returns>
    ValueTask<bool> RequeueAsync(ParkedId id, CancellationToken cancellationToken);

    /// <summary>Drops the message for good; the later ones of its key go on.</summary>
    /// <param name="id">As listed.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when it is not parked any more.</returns>
    ValueTask<bool> DiscardAsync(ParkedId id, CancellationToken cancellationToken);
}
