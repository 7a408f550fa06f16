using Consistency.Kit.Idempotency;

namespace Shop.Sabotages;

/// <summary>Claims each request under a key of its own, so that none is ever recognised.</summary>
internal sealed class ForgetfulClaims(IIdempotencyClaims inner) : IIdempotencyClaims
{
    public ValueTask<IdempotencyClaim> TryBeginAsync(IdempotencyRequest request, CancellationToken cancellationToken) =>
        inner.TryBeginAsync(request with { Key = ForgetfulKeys.Another(request.Key) }, cancellationToken);

    public ValueTask<bool> RenewAsync(AttemptLease lease, TimeSpan duration, CancellationToken cancellationToken) => inner.RenewAsync(lease, duration, cancellationToken);

    public ValueTask<bool> SavePointsAsync(AttemptLease lease, ReadOnlyMemory<byte> points, CancellationToken cancellationToken) => inner.SavePointsAsync(lease, points, cancellationToken);

    public ValueTask<bool> CompleteAsync(AttemptLease lease, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken) => inner.CompleteAsync(lease, answer, cancellationToken);

    public ValueTask ReleaseAsync(AttemptLease lease, CancellationToken cancellationToken) => inner.ReleaseAsync(lease, cancellationToken);
}
