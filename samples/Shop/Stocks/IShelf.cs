namespace Shop.Stocks;

internal interface IShelf
{
    /// <summary>Takes the whole quantity, or nothing and says so.</summary>
    Task<bool> TryTakeAsync(int product, int quantity, CancellationToken cancellationToken);

    /// <summary>Gives back what was taken.</summary>
    Task PutBackAsync(int product, int quantity, CancellationToken cancellationToken);
}
