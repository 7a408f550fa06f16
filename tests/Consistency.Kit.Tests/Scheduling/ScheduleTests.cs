using System.Globalization;
using Consistency.Kit.Scheduling.Internal;

namespace Consistency.Kit.Tests.Scheduling;

public sealed class ScheduleTests
{
    /// <summary>An hour ahead from the last Sunday of March at 2:00 to the last Sunday of October at 3:00, as in Berlin.</summary>
    private static readonly TimeZoneInfo Zone = TimeZoneInfo.CreateCustomTimeZone(
        "test",
        TimeSpan.FromHours(1),
        "test",
        "test",
        "test, summer",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                DateTime.MinValue.Date,
                DateTime.MaxValue.Date,
                TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 2, 0, 0), 3, 5, DayOfWeek.Sunday),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 5, DayOfWeek.Sunday)),
        ]);

    [Theory]
    [InlineData("02:30", "2026-01-10T12:00Z", "2026-01-11T01:30Z")]
    [InlineData("02:30", "2026-01-10T01:29Z", "2026-01-10T01:30Z")]
    [InlineData("02:30", "2026-01-10T01:30Z", "2026-01-11T01:30Z")]
    [InlineData("02:30", "2026-07-10T12:00Z", "2026-07-11T00:30Z")]
    [InlineData("00:00", "2026-07-10T12:00Z", "2026-07-10T22:00Z")]
    public void It_runs_each_day_at_the_local_time(string at, string after, string expected) => Assert.Equal(Time(expected), Daily(at).After(Time(after)));

    [Theory]
    [InlineData("02:00", "2026-03-29T01:00Z")]
    [InlineData("02:30", "2026-03-29T01:00Z")]
    [InlineData("02:59:59", "2026-03-29T01:00Z")]
    [InlineData("03:00", "2026-03-29T01:00Z")]
    [InlineData("01:59", "2026-03-29T00:59Z")]
    public void A_time_that_the_clocks_skip_runs_at_the_first_instant_after_the_gap(string at, string expected)
    {
        var schedule = Daily(at);
        var run = schedule.After(Time("2026-03-28T12:00Z"));
        Assert.Equal(Time(expected), run);
        Assert.Equal(30, TimeZoneInfo.ConvertTime(schedule.After(run!.Value)!.Value, Zone).Day);
    }

    [Fact]
    public void A_time_that_comes_twice_runs_once()
    {
        var schedule = Daily("02:30");
        var first = schedule.After(Time("2026-10-24T12:00Z"));
        Assert.Equal(Time("2026-10-25T00:30Z"), first);
        Assert.Equal(Time("2026-10-26T01:30Z"), schedule.After(first!.Value));
    }

    [Fact]
    public void A_year_has_a_run_for_each_of_its_days()
    {
        foreach (var at in (string[])["00:00", "02:00", "02:30", "03:00", "23:59:59.999"])
        {
            var (schedule, time, runs) = (Daily(at), Time("2025-12-31T23:00Z").AddTicks(-1), 0);
            while (schedule.After(time) is { } next && TimeZoneInfo.ConvertTime(next, Zone).Year == 2026)
            {
                Assert.True(next > time);
                (time, runs) = (next, runs + 1);
            }

            Assert.Equal(365, runs);
        }
    }

    [Fact]
    public void An_interval_keeps_its_phase()
    {
        var schedule = new IntervalSchedule(TimeSpan.FromMinutes(10));
        Assert.Equal(Time("2026-01-01T00:13Z"), schedule.After(Time("2026-01-01T00:03Z")));
        Assert.Equal((Time("2026-01-01T00:53Z"), 5L), schedule.Missed(Time("2026-01-01T00:03Z"), Time("2026-01-01T00:59Z")));
        Assert.Equal((Time("2026-01-01T00:03Z"), 0L), schedule.Missed(Time("2026-01-01T00:03Z"), Time("2026-01-01T00:12Z")));
    }

    [Fact]
    public void Missed_days_are_counted() =>
        Assert.Equal((Time("2026-01-04T01:30Z"), 3L), Daily("02:30").Missed(Time("2026-01-01T01:30Z"), Time("2026-01-04T08:00Z")));

    [Fact]
    public void The_end_of_time_ends_a_schedule()
    {
        Assert.Null(new IntervalSchedule(TimeSpan.FromDays(2)).After(DateTimeOffset.MaxValue.AddDays(-1)));
        Assert.Null(Daily("02:30").After(DateTimeOffset.MaxValue.AddHours(-2)));
    }

    private static DailySchedule Daily(string at) => new(TimeOnly.Parse(at, CultureInfo.InvariantCulture), Zone);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
