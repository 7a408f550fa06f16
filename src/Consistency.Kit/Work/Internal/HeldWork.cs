using System.Diagnostics.CodeAnalysis;

namespace Consistency.Kit.Work.Internal;

/// <summary>Work that this process has claimed and not yet given up, waiting for its moment or running.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "The source has no timer and no handle; late cancellations must not meet a disposed one.")]
internal sealed class HeldWork(ClaimedWork work, WorkKind kind, long leasedAt, long startAt)
{
    private readonly CancellationTokenSource _lost = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _leasedAt = leasedAt;

    internal ClaimedWork Work => work;

    internal WorkKind Kind => kind;

    internal WorkLease Lease => work.Lease;

    /// <summary>The timestamp before which it must not start.</summary>
    internal long StartAt => startAt;

    /// <summary>The timestamp from before the lease was last asked for.</summary>
    internal long LeasedAt => Volatile.Read(ref _leasedAt);

    internal CancellationToken Lost => _lost.Token;

    /// <summary>Ends when its run has returned.</summary>
    internal Task WhenEnded => _ended.Task;

    internal void Renewed(long sentAt) => Volatile.Write(ref _leasedAt, sentAt);

    internal Task LoseAsync() => _lost.CancelAsync();

    internal void End() => _ended.TrySetResult();
}
