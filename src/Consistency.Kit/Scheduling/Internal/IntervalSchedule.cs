using System.Globalization;

namespace Consistency.Kit.Scheduling.Internal;

internal sealed class IntervalSchedule(TimeSpan interval) : JobSchedule
{
    internal override string Text => "every " + interval.ToString("c", CultureInfo.InvariantCulture);

    internal override DateTimeOffset? After(DateTimeOffset time) => DateTimeOffset.MaxValue - time < interval ? null : time + interval;

    internal override (DateTimeOffset Last, long Count) Missed(DateTimeOffset time, DateTimeOffset now)
    {
        var count = now < time ? 0 : (now - time).Ticks / interval.Ticks;
        return (time.AddTicks(count * interval.Ticks), count);
    }
}
