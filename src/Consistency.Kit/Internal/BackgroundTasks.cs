namespace Consistency.Kit.Internal;

/// <summary>What a host runs from its start until the application stops.</summary>
internal sealed class BackgroundTasks(TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    internal void Start(IEnumerable<Func<CancellationToken, Task>> tasks)
    {
        // They outlive whatever starts the host, a trace for example, and are no part of it.
        using (ExecutionContext.SuppressFlow())
        {
            _running = Task.WhenAll(tasks.Select(task => Task.Run(() => task(_stopping.Token), CancellationToken.None)));
        }
    }

    /// <summary>Tells the tasks to end, and waits for them until the application has no more time.</summary>
    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(_running, Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken)).ConfigureAwait(false);
    }

    public void Dispose() => _stopping.Dispose();
}
