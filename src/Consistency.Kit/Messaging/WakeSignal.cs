namespace Consistency.Kit.Messaging;

/// <summary>A sticky signal: raised while nobody waits, it ends the next wait at once.</summary>
public sealed class WakeSignal
{
    private TaskCompletionSource _raised = Create();

    /// <summary>Ends the current wait, or else the next one. Several raises before a wait count as one.</summary>
    public void Raise() => Volatile.Read(ref _raised).TrySetResult();

    /// <summary>Waits until the signal is raised or the time is over.</summary>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Whether it was raised.</returns>
    public async ValueTask<bool> WaitAsync(TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var raised = Volatile.Read(ref _raised);
        if (!raised.Task.IsCompleted)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(raised.Task, Task.Delay(timeout, time, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (!raised.Task.IsCompleted)
        {
            return false;
        }

        // Only one engine waits on a signal, so nobody else can have replaced it meanwhile.
        Volatile.Write(ref _raised, Create());
        return true;
    }

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
