namespace Consistency.Kit.Stock;

/// <summary>What became of a call that ends a reservation.</summary>
public enum StockMove
{
    /// <summary>It ended now.</summary>
    Done = 1,

    /// <summary>It had ended like this before; nothing changed.</summary>
    Repeated = 2,

    /// <summary>There is no reservation. A release has left a mark: a request that comes late is told so.</summary>
    NotFound = 3,

    /// <summary>It is sold, and stays so.</summary>
    Confirmed = 4,

    /// <summary>It was released, and stays so.</summary>
    Released = 5,

    /// <summary>Its deadline had passed, and it was given back.</summary>
    Expired = 6,

    /// <summary>The store cannot say: the sale is unknown to it, or it is being rebuilt. Ask again.</summary>
    Unavailable = 7,
}
