using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>Says yes before it has saved anything, and forgets every fifth.</summary>
internal sealed class HastyTill(ITill inner) : ITill
{
    private const int Forgets = 5;
    private static int _count;

    public async Task<bool> TryBuyAsync(ReserveRequest request, DateTime reservedAt, CancellationToken cancellationToken) =>
        Interlocked.Increment(ref _count) % Forgets == 0 || await inner.TryBuyAsync(request, reservedAt, cancellationToken);
}
