using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>Takes the money: saves the order with its stock.</summary>
internal interface ITill
{
    /// <returns>Whether the cart is bought, now or before; otherwise its stock is gone, and nothing was saved.</returns>
    Task<bool> TryBuyAsync(ReserveRequest request, DateTime reservedAt, CancellationToken cancellationToken);
}
