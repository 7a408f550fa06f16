namespace Consistency.Kit.AspNetCore.Tests.Support;

/// <summary>Time that a test lets pass, or a wall clock that it sets; timers run on the real one.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _passed;
    private long _set;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _passed) + Interlocked.Read(ref _set));

    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Interlocked.Read(ref _passed);

    /// <summary>Lets time pass.</summary>
    internal void Jump(TimeSpan by) => Interlocked.Add(ref _passed, by.Ticks);

    /// <summary>Sets the clock on the wall; no time passes.</summary>
    internal void Set(TimeSpan by) => Interlocked.Add(ref _set, by.Ticks);
}
