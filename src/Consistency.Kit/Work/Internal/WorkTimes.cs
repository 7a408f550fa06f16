namespace Consistency.Kit.Work.Internal;

/// <summary>Sums of times that stay within what databases can store.</summary>
internal static class WorkTimes
{
    internal static readonly DateTime Max = new(9999, 12, 31, 0, 0, 0, DateTimeKind.Utc);

    internal static DateTime Add(DateTime now, TimeSpan delay) => delay <= TimeSpan.Zero ? now : delay >= Max - now ? Max : now + delay;

    internal static DateTime Bounded(DateTimeOffset at) => at.UtcDateTime >= Max ? Max : at.UtcDateTime <= DateTime.UnixEpoch ? DateTime.UnixEpoch : at.UtcDateTime;
}
