namespace Shop.Stocks;

/// <summary>Where orders take their pieces from, in the caller's transaction: what is taken or put back commits with it.</summary>
internal interface IShelf
{
    /// <summary>Takes the whole quantity, or nothing and says so.</summary>
    Task<bool> TryTakeAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken);

    /// <summary>Gives back what the order took.</summary>
    Task PutBackAsync(ShopDb db, Guid order, int product, int quantity, CancellationToken cancellationToken);
}
