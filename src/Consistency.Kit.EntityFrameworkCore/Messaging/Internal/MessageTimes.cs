using System.Diagnostics;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>What the inbox remembers of a message besides its id: enough for a timeline of its chain.</summary>
internal static class MessageTimes
{
    internal static string? Chain(TransportMessage message) =>
        ActivityContext.TryParse(message.TraceParent, null, isRemote: true, out var context) ? context.TraceId.ToHexString() : null;

    internal static DateTime? Sent(TransportMessage message) => message.SentAt?.UtcDateTime;
}
