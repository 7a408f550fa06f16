using Consistency.Kit.Idempotency;

namespace Consistency.Kit.AspNetCore.Tests.Support;

/// <summary>A store that fails where a test says so.</summary>
internal sealed class BrokenClaims(IIdempotencyClaims inner) : IIdempotencyClaims
{
    internal Exception? OnBegin { get; set; }

    internal Exception? OnComplete { get; set; }

    public ValueTask<IdempotencyClaim> TryBeginAsync(IdempotencyRequest request, CancellationToken cancellationToken) =>
        OnBegin is { } failure ? throw failure : inner.TryBeginAsync(request, cancellationToken);

    public ValueTask<bool> RenewAsync(AttemptLease lease, TimeSpan duration, CancellationToken cancellationToken) => inner.RenewAsync(lease, duration, cancellationToken);

    public ValueTask<bool> SavePointsAsync(AttemptLease lease, ReadOnlyMemory<byte> points, CancellationToken cancellationToken) => inner.SavePointsAsync(lease, points, cancellationToken);

    public ValueTask<bool> CompleteAsync(AttemptLease lease, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken) =>
        OnComplete is { } failure ? throw failure : inner.CompleteAsync(lease, answer, cancellationToken);

    public ValueTask ReleaseAsync(AttemptLease lease, CancellationToken cancellationToken) => inner.ReleaseAsync(lease, cancellationToken);
}
