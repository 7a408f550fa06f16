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

    /// <summary>There was no stock or no credit, or nobody paid, and whatever was done is undone: an end.</summary>
    Rejected,
}
