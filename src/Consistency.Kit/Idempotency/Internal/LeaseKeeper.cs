using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Idempotency.Internal;

/// <summary>Renews a claim while its work runs, and tells the work when it was lost.</summary>
internal sealed class LeaseKeeper : IDisposable
{
    private readonly IIdempotencyClaims _claims;
    private readonly AttemptLease _lease;
    private readonly TimeSpan _duration;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _lost = new();
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private bool _renewing;
    private bool _ended;

    internal LeaseKeeper(IIdempotencyClaims claims, AttemptLease lease, TimeSpan duration, TimeProvider time, ILogger logger)
    {
        _claims = claims;
        _lease = lease;
        _duration = duration;
        _logger = logger;

        // A timer's callback must not carry the request's ambient state, such as its trace, along.
        using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
        {
            _timer = time.CreateTimer(static state => _ = ((LeaseKeeper)state!).RenewAsync(), this, duration / 3, duration / 3);
        }
    }

    internal CancellationToken Lost => _lost.Token;

    internal bool IsLost { get; private set; }

    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _timer.Dispose();
            if (!_renewing)
            {
                _lost.Dispose();
            }
        }
    }

    private async Task RenewAsync()
    {
        lock (_gate)
        {
            if (_ended || _renewing)
            {
                return;
            }

            _renewing = true;
        }

        var kept = true;
        try
        {
            kept = await _claims.RenewAsync(_lease, _duration, CancellationToken.None).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Tried again at the next tick; if it never succeeds, the fence decides.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            IdempotencyLog.RenewFailed(_logger, _lease.Key.Operation, exception);
        }

        var lost = false;
        lock (_gate)
        {
            _renewing = false;
            if (_ended)
            {
                _lost.Dispose();
            }
            else if (!kept)
            {
                _timer.Dispose();
                lost = IsLost = true;
            }
        }

        if (lost)
        {
            IdempotencyLog.Lost(_logger, _lease.Key.Operation, _lease.Number);
            await CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task CancelAsync()
    {
        try
        {
            await _lost.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The work has ended meanwhile.
        }
    }
}
