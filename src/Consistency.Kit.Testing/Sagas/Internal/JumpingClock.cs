namespace Consistency.Kit.Testing.Sagas.Internal;

/// <summary>Stands still while steps run, and jumps to the next moment at which something is due. Its timers never fire.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private DateTimeOffset _now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Silence();

    internal void JumpTo(DateTimeOffset at) => _now = at > _now ? at : _now;

    private sealed class Silence : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
