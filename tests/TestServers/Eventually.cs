using System.Diagnostics;

namespace Consistency.Kit.TestServers;

/// <summary>Waits for something that other threads or processes bring about.</summary>
public static class Eventually
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns as soon as <paramref name="condition"/> was seen to hold.</summary>
    /// <remarks>
    /// Asks at once, then every 10 ms, slowing down to every 100 ms. A condition that throws counts as not yet met.
    /// </remarks>
    /// <param name="condition">Asked repeatedly, never concurrently.</param>
    /// <param name="deadline">How long to go on asking.</param>
    /// <param name="what">What was waited for, to name in the exception.</param>
    /// <param name="cancellationToken">Ends the wait between two questions.</param>
    /// <exception cref="TimeoutException">The deadline passed; names <paramref name="what"/> and holds the condition's last exception.</exception>
    public static async Task UntilAsync(
        Func<Task<bool>> condition, TimeSpan deadline, string what, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);

        var started = Stopwatch.GetTimestamp();
        for (var pause = ShortestPause; ; pause = Shorter(pause * 1.5, LongestPause))
        {
            Exception? lastFailure = null;
            try
            {
                if (await condition().ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                lastFailure = exception;
            }

            var waited = Stopwatch.GetElapsedTime(started);
            if (waited >= deadline)
            {
                throw new TimeoutException($"Waited {waited.TotalSeconds:0.0} s, but this did not happen: {what}", lastFailure);
            }

            await Task.Delay(Shorter(pause, deadline - waited), TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, TimeSpan, string, CancellationToken)"/>
    public static Task UntilAsync(
        Func<bool> condition, TimeSpan deadline, string what, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return UntilAsync(() => Task.FromResult(condition()), deadline, what, cancellationToken);
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
