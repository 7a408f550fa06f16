using System.Globalization;

namespace Consistency.Kit.Scheduling.Internal;

/// <summary>A local time each day, whatever the clocks do.</summary>
internal sealed class DailySchedule(TimeOnly at, TimeZoneInfo zone) : JobSchedule
{
    internal override string Text => $"daily {at.ToString("O", CultureInfo.InvariantCulture)} {zone.Id}";

    internal override DateTimeOffset? After(DateTimeOffset time)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(time, zone).DateTime);

        // The day before, for the instant may lie on a day that begins with a gap.
        for (var next = day == DateOnly.MinValue ? day : day.AddDays(-1); next < DateOnly.MaxValue; next = next.AddDays(1))
        {
            if (On(next) is var instant && instant > time)
            {
                return instant;
            }
        }

        return null;
    }

    private DateTimeOffset On(DateOnly day)
    {
        var local = day.ToDateTime(at, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            // The first instant after the gap: with the offset that holds before it, the skipped time lies as far behind the gap's
            // beginning as the time lies in it.
            var before = local;
            while (zone.IsInvalidTime(before))
            {
                before = before.AddMinutes(-1);
            }

            var end = local;
            while (zone.IsInvalidTime(end))
            {
                end = end.AddMinutes(1);
            }

            end = new DateTime(end.Ticks - (end.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Unspecified);
            return new DateTimeOffset(end, zone.GetUtcOffset(end)).ToUniversalTime();
        }

        // Of the two instants the earlier one: it has the larger offset.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
