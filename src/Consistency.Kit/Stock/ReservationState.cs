namespace Consistency.Kit.Stock;

/// <summary>Where a reservation stands.</summary>
public enum ReservationState
{
    /// <summary>Held until its deadline.</summary>
    Reserved = 1,

    /// <summary>An order that was committed has it: it does not expire, and waits to be confirmed or released. Only where the order and the stock share a database.</summary>
    Accepted = 2,

    /// <summary>Sold. Nothing follows.</summary>
    Confirmed = 3,

    /// <summary>Given back, or given up before it was made. Nothing but a fact of the ledger follows.</summary>
    Released = 4,

    /// <summary>Given back after its deadline. Nothing but a fact of the ledger follows.</summary>
    Expired = 5,
}
