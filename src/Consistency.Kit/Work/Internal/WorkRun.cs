namespace Consistency.Kit.Work.Internal;

/// <summary>One run of claimed work: the claim, and all that may be written under it.</summary>
/// <remarks>Its methods may be called at the same time for different branches; only one write may conclude the run.</remarks>
internal sealed class WorkRun
{
    private readonly CancellationToken _stopping;
    private volatile WorkProgress? _conclusion;

    internal WorkRun(ClaimedWork work, WorkStore store, CancellationToken lost, CancellationToken stopping)
    {
        Work = work;
        Store = store;
        Lost = lost;
        _stopping = stopping;
    }

    internal ClaimedWork Work { get; }

    internal WorkStore Store { get; }

    /// <summary>Cancelled when the claim is lost: nothing that this run writes counts any more.</summary>
    internal CancellationToken Lost { get; }

    internal bool IsStopping => _stopping.IsCancellationRequested;

    /// <summary>What ended the run's claim; null while it goes on.</summary>
    internal WorkProgress? Conclusion => _conclusion;

    /// <summary>Writes progress alone.</summary>
    /// <exception cref="WorkLostException">The claim is lost; nothing was written.</exception>
    internal async Task WriteAsync(WorkProgress progress, CancellationToken cancellationToken)
    {
        EnsureOpen();
        if (!await Store.Progress.WriteAsync(Work.Lease, progress, cancellationToken).ConfigureAwait(false))
        {
            throw new WorkLostException(Work.Lease);
        }

        Conclude(progress);
    }

    /// <summary>Runs an effect in a fresh scope and writes the progress that it returns.</summary>
    /// <exception cref="WorkLostException">The claim is lost; nothing was written.</exception>
    internal async Task ExecuteAsync(WorkCommit commit, Func<IServiceProvider, CancellationToken, Task<WorkProgress>> effect, CancellationToken cancellationToken)
    {
        EnsureOpen();
        WorkProgress? written = null;
        var kept = await Store.Progress.ExecuteAsync(
            Work.Lease,
            commit,
            async (scope, token) => written = await effect(scope, token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (!kept)
        {
            throw new WorkLostException(Work.Lease);
        }

        Conclude(written!);
    }

    /// <summary>What was written before this run began; asked for before it writes.</summary>
    internal ValueTask<IReadOnlyList<WorkEvent>> ReadHistoryAsync(CancellationToken cancellationToken) =>
        Work.Events == 0 ? new([]) : Store.Reader.ReadHistoryAsync(Work.Lease.Id, 0, cancellationToken);

    internal ValueTask<IReadOnlyList<WorkSignal>> ReadSignalsAsync(CancellationToken cancellationToken) =>
        Store.Signals.ListAsync(Work.Lease.Id, cancellationToken);

    private void EnsureOpen()
    {
        if (_conclusion is not null)
        {
            throw new InvalidOperationException($"The run of work {Work.Lease.Id} was concluded and cannot write any more.");
        }
    }

    private void Conclude(WorkProgress progress)
    {
        if (progress.Next is not WorkNext.Kept)
        {
            _conclusion = progress;
        }
    }
}
