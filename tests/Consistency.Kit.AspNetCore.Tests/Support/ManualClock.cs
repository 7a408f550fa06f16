namespace Consistency.Kit.AspNetCore.Tests.Support;

/// <summary>A wall clock that a test sets; timers run on the real one.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _offset;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    internal void Jump(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
