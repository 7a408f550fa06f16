using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>Takes each payment for the first: its stock is reserved under an id of its own.</summary>
internal sealed class ForgetfulTill(ITill inner, IStock stock) : ITill
{
    /// <summary>Stands between the buyer's cart and what makes it another.</summary>
    internal const char Mark = '~';

    public async Task<bool> TryBuyAsync(ReserveRequest request, DateTime reservedAt, CancellationToken cancellationToken)
    {
        var another = new ReserveRequest(new StockOrder(request.Order.Sale, $"{request.Order.Id}{Mark}{Guid.NewGuid():N}"), request.Lines, request.Hold) { Customer = request.Customer };
        return (await stock.ReserveAsync(another, cancellationToken)).HasStock && await inner.TryBuyAsync(another, reservedAt, cancellationToken);
    }
}
