using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Claims messages inside a transaction: the insert that makes an effect single.</summary>
internal interface IInboxClaims
{
    /// <summary>Claims the messages whose key is not held.</summary>
    /// <returns>For each message whether it is claimed now, was claimed before, or has a held key.</returns>
    /// <remarks>When none is claimed, the caller must roll back: the claim of one whose key is held may have been written.</remarks>
    ValueTask<InboxOutcome[]> ClaimAsync(DbContext context, string consumer, IReadOnlyList<TransportMessage> messages, CancellationToken cancellationToken);

    /// <summary>Claims a message that is itself held.</summary>
    /// <returns>False when it was claimed before.</returns>
    ValueTask<bool> ClaimHeldAsync(DbContext context, string consumer, TransportMessage message, CancellationToken cancellationToken);
}
