namespace Consistency.Kit.Scheduling.Internal;

/// <summary>The times of a recurring job.</summary>
internal abstract class JobSchedule
{
    /// <summary>Text that differs when the times differ.</summary>
    internal abstract string Text { get; }

    /// <summary>The first time after this one; null when there is none before the end of time.</summary>
    /// <param name="time">One of the schedule's own times, or any time for the first one.</param>
    internal abstract DateTimeOffset? After(DateTimeOffset time);

    /// <summary>The last time that is not after now, and how many there are after the given one up to it.</summary>
    internal virtual (DateTimeOffset Last, long Count) Missed(DateTimeOffset time, DateTimeOffset now)
    {
        var (last, count) = (time, 0L);
        while (After(last) is { } next && next <= now)
        {
            (last, count) = (next, count + 1);
        }

        return (last, count);
    }
}
