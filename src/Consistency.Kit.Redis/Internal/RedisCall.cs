namespace Consistency.Kit.Redis.Internal;

/// <summary>Waits for the answer to a call.</summary>
internal static class RedisCall
{
    /// <summary>The client may complete its calls one after another: whoever waits for this one must not hold up the rest, for what it does next may block.</summary>
    internal static async Task<T> AnswerAsync<T>(Task<T> call, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await call.WaitAsync(timeout, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }
    }
}
