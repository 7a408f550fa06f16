namespace Consistency.Kit.Stock;

/// <summary>What became of a request for stock.</summary>
public abstract record ReserveOutcome
{
    private ReserveOutcome()
    {
    }

    /// <summary>Whether the order has its stock.</summary>
    public virtual bool HasStock => false;

    /// <summary>All lines are held.</summary>
    /// <param name="Deadline">Until then, by the store's clock.</param>
    public sealed record Reserved(DateTimeOffset Deadline) : ReserveOutcome
    {
        /// <inheritdoc />
        public override bool HasStock => true;
    }

    /// <summary>The same order had the same lines before; nothing changed.</summary>
    /// <param name="State">Reserved, accepted or confirmed.</param>
    /// <param name="Deadline">The deadline of then.</param>
    public sealed record Replayed(ReservationState State, DateTimeOffset Deadline) : ReserveOutcome
    {
        /// <inheritdoc />
        public override bool HasStock => true;
    }

    /// <summary>There is not enough; nothing is held, and nothing is remembered.</summary>
    /// <param name="Lines">Each item that is short, with what is left of it. An unknown item has 0.</param>
    public sealed record Insufficient(IReadOnlyList<StockLine> Lines) : ReserveOutcome;

    /// <summary>The customer would have more than the limit; nothing is held.</summary>
    /// <param name="Lines">Each item that is over, with what the customer may still have of it.</param>
    public sealed record OverLimit(IReadOnlyList<StockLine> Lines) : ReserveOutcome;

    /// <summary>The order has other lines, or another customer. Nothing changed.</summary>
    public sealed record Conflict : ReserveOutcome;

    /// <summary>The order had these lines and let its deadline pass. Ask with a new order id.</summary>
    public sealed record Expired : ReserveOutcome;

    /// <summary>The order was released, perhaps before this request came. Ask with a new order id.</summary>
    public sealed record Released : ReserveOutcome;

    /// <summary>Nothing is sold now.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record SellingStopped(StopReason Reason) : ReserveOutcome
    {
        /// <summary>The rule that refuses intake; null for every reason but <see cref="StopReason.Overloaded"/>.</summary>
        public string? Rule { get; init; }
    }
}
