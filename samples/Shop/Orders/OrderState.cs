namespace Shop.Orders;

internal enum OrderState
{
    Placed,
    StockTaken,

    /// <summary>The customer may pay now.</summary>
    Billed,
    Paid,
    Shipped,

    /// <summary>The points were given: an end.</summary>
    Completed,

    /// <summary>There was no stock: an end.</summary>
    Rejected,
}
