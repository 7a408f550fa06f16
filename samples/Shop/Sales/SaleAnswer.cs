namespace Shop.Sales;

/// <summary>What a buyer is told.</summary>
internal enum SaleAnswer
{
    Reserved,
    SoldOut,
    OverLimit,

    /// <summary>The cart was held and not paid in time, or given back.</summary>
    TooLate,

    /// <summary>The store forgot the cart, and its pieces are somebody else's.</summary>
    Lost,
    Bought,
    Released,
}
