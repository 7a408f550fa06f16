using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>Asks for stock to be held for an order.</summary>
public sealed class ReserveRequest
{
    /// <summary>The longest time for which stock is held.</summary>
    public static readonly TimeSpan MaxHold = TimeSpan.FromDays(7);

    /// <summary>Asks for stock.</summary>
    /// <param name="order">The order. Asking again for the same order with the same lines is answered from what is kept.</param>
    /// <param name="lines">The cart: all of it is reserved, or nothing.</param>
    /// <param name="hold">How long it is held when nothing confirms it: a millisecond to 7 days, by the store's clock.</param>
    /// <exception cref="ArgumentException">The lines or the time are out of their bounds.</exception>
    public ReserveRequest(StockOrder order, IEnumerable<StockLine> lines, TimeSpan hold)
    {
        ArgumentNullException.ThrowIfNull(order);
        Order = order;
        Lines = lines as StockLines ?? new StockLines(lines);
        Hold = hold >= TimeSpan.FromMilliseconds(1) && hold <= MaxHold
            ? hold
            : throw new ArgumentOutOfRangeException(nameof(hold), hold, "Stock is held for a millisecond to 7 days.");
    }

    /// <summary>The order.</summary>
    public StockOrder Order { get; }

    /// <summary>The cart.</summary>
    public StockLines Lines { get; }

    /// <summary>How long it is held.</summary>
    public TimeSpan Hold { get; }

    /// <summary>Who asks, at most 64 visible ASCII characters without braces; null when nobody counts. Default: null.</summary>
    /// <exception cref="ArgumentException">The name is something else.</exception>
    public string? Customer
    {
        get;
        init => field = value is null ? null : StockName.Checked(value, 64, nameof(Customer));
    }

    /// <summary>How many of each item the customer may have reserved or bought in this sale; null for any number. Default: null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not 1 or more.</exception>
    public long? LimitPerCustomer
    {
        get;
        init => field = value is null or (>= 1 and <= StockLines.MaxInitial)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(LimitPerCustomer), value, "A limit is 1 or more.");
    }

    /// <summary>Checks what belongs together. Called by stores before anything is written.</summary>
    /// <exception cref="ArgumentException">There is a limit and nobody to count for.</exception>
    public void Check()
    {
        if (LimitPerCustomer is not null && Customer is null)
        {
            throw new ArgumentException("A limit per customer needs the customer: set Customer too.");
        }
    }
}
