using Consistency.Kit.Idempotency;

namespace Consistency.Kit.Tests.Idempotency;

/// <summary>Claims whose renewals are counted, and whose calls fail when a test says so.</summary>
internal sealed class WatchedClaims(MemoryIdempotency inner) : IIdempotencyClaims
{
    internal int Renewals { get; private set; }

    internal bool RenewalsFail { get; set; }

    internal int CompletionsToFail { get; set; }

    public ValueTask<IdempotencyClaim> TryBeginAsync(IdempotencyRequest request, CancellationToken cancellationToken) => inner.TryBeginAsync(request, cancellationToken);

    public ValueTask<bool> RenewAsync(AttemptLease lease, TimeSpan duration, CancellationToken cancellationToken)
    {
        Renewals++;
        return RenewalsFail ? ValueTask.FromException<bool>(new TimeoutException()) : inner.RenewAsync(lease, duration, cancellationToken);
    }

    public ValueTask<bool> SavePointsAsync(AttemptLease lease, ReadOnlyMemory<byte> points, CancellationToken cancellationToken) => inner.SavePointsAsync(lease, points, cancellationToken);

    public ValueTask<bool> CompleteAsync(AttemptLease lease, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken) =>
        CompletionsToFail-- > 0 ? ValueTask.FromException<bool>(new TimeoutException()) : inner.CompleteAsync(lease, answer, cancellationToken);

    public ValueTask ReleaseAsync(AttemptLease lease, CancellationToken cancellationToken) => inner.ReleaseAsync(lease, cancellationToken);
}
