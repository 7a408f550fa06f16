namespace Consistency.Kit.Stock;

/// <summary>What a store has of a sale is not its own: a key of another type, or a number that is none. Nothing was written.</summary>
public sealed class StockUnreadableException : ConsistencyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="store">The store.</param>
    /// <param name="innerException">What the store says.</param>
    public StockUnreadableException(string sale, string store, Exception innerException)
        : base($"What {store} has of the sale {sale} was written by somebody else; nothing was changed. Look at what the inner exception names, and remove it or choose another prefix.", innerException)
    {
        Sale = sale;
        Store = store;
    }

    /// <summary>The sale.</summary>
    public string Sale { get; }

    /// <summary>The store.</summary>
    public string Store { get; }

    /// <inheritdoc />
    public override bool IsTransient => false;
}
