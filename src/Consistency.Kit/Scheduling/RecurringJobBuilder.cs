using Consistency.Kit.Scheduling.Internal;

namespace Consistency.Kit.Scheduling;

/// <summary>Describes when a recurring job runs.</summary>
public sealed class RecurringJobBuilder
{
    internal RecurringJobBuilder()
    {
    }

    internal JobSchedule? Schedule { get; private set; }

    internal MissedRuns MissedRuns { get; private set; }

    internal TimeSpan Tolerance { get; private set; } = TimeSpan.FromMinutes(1);

    /// <summary>Runs at a fixed interval, counted from when the job is first registered: a run that takes long does not move the next ones.</summary>
    /// <param name="interval">At least a second.</param>
    public RecurringJobBuilder Every(TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromSeconds(1));
        Schedule = new IntervalSchedule(interval);
        return this;
    }

    /// <summary>
    /// Runs each day at a local time. On a day on which the clocks skip the time, it runs at the first instant after the gap; on a day
    /// on which the time comes twice, it runs the first time only.
    /// </summary>
    /// <param name="at">The local time.</param>
    /// <param name="zone">Where; a zone that every instance knows.</param>
    public RecurringJobBuilder Daily(TimeOnly at, TimeZoneInfo zone)
    {
        ArgumentNullException.ThrowIfNull(zone);
        Schedule = new DailySchedule(at, zone);
        return this;
    }

    /// <summary>Says what becomes of runs that nobody began in time. Default: <see cref="MissedRuns.CatchUpOnce"/>.</summary>
    /// <param name="missed">What becomes of them.</param>
    /// <param name="tolerance">How late a run may begin before it counts as missed. Default: a minute.</param>
    public RecurringJobBuilder WhenMissed(MissedRuns missed, TimeSpan? tolerance = null)
    {
        if (tolerance is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(given, TimeSpan.Zero, nameof(tolerance));
            Tolerance = given;
        }

        MissedRuns = missed;
        return this;
    }
}
