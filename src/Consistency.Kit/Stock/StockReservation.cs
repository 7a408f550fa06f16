namespace Consistency.Kit.Stock;

/// <summary>A reservation as the store has it.</summary>
/// <param name="Order">The order.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Lines">What it holds or held; null where it was released before it was made.</param>
/// <param name="Customer">Who it is counted for.</param>
/// <param name="Deadline">Until when it is held.</param>
public sealed record StockReservation(StockOrder Order, ReservationState State, StockLines? Lines, string? Customer, DateTimeOffset Deadline);
