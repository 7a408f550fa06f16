namespace Consistency.Kit.Internal;

/// <summary>Deletes what is past its retention in small batches beside the work, again at each interval, until it is cancelled.</summary>
internal static class BatchCollector
{
    internal const int BatchSize = 1_000;

    // Between batches the work comes first.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="collect">Deletes rows, as many as it is told at most, and returns how many.</param>
    /// <param name="failed">Told of a failure; collecting is repeated at the next interval.</param>
    /// <param name="interval">How often.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task RunAsync(Func<int, CancellationToken, ValueTask<int>> collect, Action<Exception> failed, TimeSpan interval, TimeProvider time, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                while (!cancellationToken.IsCancellationRequested && await collect(BatchSize, cancellationToken).ConfigureAwait(false) == BatchSize)
                {
                    await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Collecting is repeated at the next interval.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failed(exception);
            }
        }
    }
}
