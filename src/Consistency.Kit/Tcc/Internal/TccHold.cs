using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>The lease of one transaction, renewed while its caller tries.</summary>
internal sealed class TccHold(WorkStore store, WorkLease lease, TimeSpan length, long leasedAt, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _over = new();

    internal WorkLease Lease => lease;

    /// <summary>Cancelled when another instance may have taken the transaction.</summary>
    internal CancellationToken Lost => _lost.Token;

    /// <summary>Renews at each third until it is over or lost.</summary>
    internal async Task KeepAsync()
    {
        var delay = length / 3;
        while (true)
        {
            await Task.Delay(delay, time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_over.IsCancellationRequested)
            {
                return;
            }

            var sentAt = time.GetTimestamp();
            try
            {
                if ((await store.Claims.RenewAsync([lease], length, _over.Token).ConfigureAwait(false)).Count == 0)
                {
                    await _lost.CancelAsync().ConfigureAwait(false);
                    return;
                }

                (leasedAt, delay) = (sentAt, length / 3);
            }
            catch (OperationCanceledException) when (_over.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Tried again soon; the clock decides below, and the fence after it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                WorkLog.RenewFailed(logger, store.Name, 1, exception);
                delay = length / 10;
                if (time.GetElapsedTime(leasedAt) >= length)
                {
                    await _lost.CancelAsync().ConfigureAwait(false);
                    return;
                }
            }
        }
    }

    internal async Task EndAsync(Task keeping)
    {
        await _over.CancelAsync().ConfigureAwait(false);
        await keeping.ConfigureAwait(false);
    }

    public void Dispose()
    {
        _lost.Dispose();
        _over.Dispose();
    }
}
