namespace Consistency.Kit.Stock;

/// <summary>What became of a change to what is on sale.</summary>
public abstract record AdjustOutcome
{
    private AdjustOutcome()
    {
    }

    /// <summary>It is made.</summary>
    /// <param name="Level">What there is now.</param>
    public sealed record Done(StockLevel Level) : AdjustOutcome;

    /// <summary>It was made before, under the same id; nothing changed.</summary>
    /// <param name="Level">What there is now.</param>
    public sealed record Repeated(StockLevel Level) : AdjustOutcome;

    /// <summary>More than the new amount is reserved or sold already; nothing changed.</summary>
    /// <param name="Level">What there is now; of an unknown item nothing.</param>
    public sealed record Insufficient(StockLevel Level) : AdjustOutcome;

    /// <summary>The sale is not open, or is being rebuilt; nothing changed.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Unavailable(StopReason Reason) : AdjustOutcome;
}
