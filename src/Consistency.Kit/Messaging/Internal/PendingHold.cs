namespace Consistency.Kit.Messaging.Internal;

/// <summary>A hold with its due time on the relay's monotonic clock; never due when parked.</summary>
internal sealed record PendingHold(OutboxHold Hold, TimeSpan? DueAt)
{
    internal static PendingHold From(OutboxHold hold, TimeSpan now) => new(hold, hold.DueIn is { } due ? now + due : null);

    internal bool IsDue(TimeSpan now) => DueAt is { } due && due <= now;
}
