namespace Shop.Orders;

internal enum OrderState
{
    Placed,
    StockTaken,
    Paid,
    Shipped,

    /// <summary>The points were given: an end.</summary>
    Completed,

    /// <summary>There was no stock: an end.</summary>
    Rejected,
}
