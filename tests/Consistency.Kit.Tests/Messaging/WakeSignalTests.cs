using Consistency.Kit.Messaging;
using Consistency.Kit.Tests.Support;

namespace Consistency.Kit.Tests.Messaging;

public sealed class WakeSignalTests
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_raise_while_nobody_waits_ends_the_next_wait_and_only_that()
    {
        var time = new FakeTime();
        var signal = new WakeSignal();
        signal.Raise();
        signal.Raise();
        Assert.True(await signal.WaitAsync(Long, time, CancellationToken.None));
        var second = signal.WaitAsync(Long, time, CancellationToken.None).AsTask();
        Assert.False(second.IsCompleted);
        time.Advance(Long);
        Assert.False(await second);
    }

    [Fact]
    public async Task A_raise_ends_the_wait_under_way()
    {
        var signal = new WakeSignal();
        var wait = signal.WaitAsync(Long, new FakeTime(), CancellationToken.None).AsTask();
        signal.Raise();
        Assert.True(await wait);
    }

    [Fact]
    public async Task A_cancelled_wait_throws_and_loses_no_raise()
    {
        var signal = new WakeSignal();
        using var stop = new CancellationTokenSource();
        var wait = signal.WaitAsync(Long, new FakeTime(), stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        signal.Raise();
        Assert.True(await signal.WaitAsync(Long, new FakeTime(), CancellationToken.None));
    }

    [Fact]
    public async Task However_raises_and_waits_meet_none_is_lost()
    {
        var signal = new WakeSignal();
        var seen = 0;
        var said = 0;
        const int all = 20_000;
        var waiting = Task.Run(async () =>
        {
            while (Volatile.Read(ref seen) < all)
            {
                Assert.True(await signal.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, CancellationToken.None), "A raise was lost.");
                Volatile.Write(ref seen, Volatile.Read(ref said));
            }
        });
        for (var i = 0; i < all; i++)
        {
            Interlocked.Increment(ref said);
            signal.Raise();
        }

        await waiting;
    }
}
