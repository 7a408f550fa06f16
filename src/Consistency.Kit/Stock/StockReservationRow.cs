namespace Consistency.Kit.Stock;

/// <summary>A reservation as a store keeps it. For stores that judge with <see cref="StockBook"/>.</summary>
public sealed class StockReservationRow
{
    /// <summary>The sale.</summary>
    public string Sale { get; set; } = "";

    /// <summary>The order.</summary>
    public string OrderId { get; set; } = "";

    /// <summary>Where it stands.</summary>
    public ReservationState State { get; set; }

    /// <summary>The text of its lines; empty for the mark of a release that came first.</summary>
    public string Lines { get; set; } = "";

    /// <summary>Who it is counted for.</summary>
    public string? Customer { get; set; }

    /// <summary>Until when it is held, in UTC.</summary>
    public DateTime Deadline { get; set; }

    /// <summary>When it was last moved, in UTC.</summary>
    public DateTime MovedAt { get; set; }

    /// <summary>Its lines.</summary>
    /// <exception cref="StockUnreadableException">The text is none of the kit's.</exception>
    public StockLines ParseLines()
    {
        try
        {
            return StockLines.Parse(Lines);
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            throw new StockUnreadableException(Sale, $"the row of the order {OrderId}", exception);
        }
    }

    /// <summary>The reservation as callers see it.</summary>
    /// <exception cref="StockUnreadableException">Its lines are none of the kit's.</exception>
    public StockReservation ToReservation() => new(
        new StockOrder(Sale, OrderId),
        State,
        Lines.Length == 0 ? null : ParseLines(),
        Customer,
        new DateTimeOffset(DateTime.SpecifyKind(Deadline, DateTimeKind.Utc)));
}
