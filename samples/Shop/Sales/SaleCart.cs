using Consistency.Kit.Stock;

namespace Shop.Sales;

/// <summary>What a buyer sends with each request; the same again when no answer came.</summary>
internal sealed record SaleCart(string Id, string Customer, string Lines)
{
    internal ReserveRequest ToRequest(TimeSpan hold) => new(new StockOrder(SaleSettings.Sale, Id), StockLines.Parse(Lines), hold)
    {
        Customer = Customer,
        LimitPerCustomer = SaleSettings.LimitPerCustomer,
    };
}
