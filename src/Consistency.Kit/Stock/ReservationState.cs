namespace Consistency.Kit.Stock;

/// <summary>Where a reservation stands.</summary>
public enum ReservationState
{
    /// <summary>Held until its deadline.</summary>
    Reserved = 1,

    /// <summary>An order that was committed has it: it does not expire, and waits to be confirmed or released. Only where the order and the stock share a database.</summary>
    Accepted = 2,

    /// <summary>Sold. Nothing but a release in the database follows.</summary>
    Confirmed = 3,

    /// <summary>Given back, or given up before it was made. Nothing but a fact of the ledger follows.</summary>
    Released = 4,

    /// <summary>Given back after its deadline. Nothing but a fact of the ledger follows.</summary>
    Expired = 5,

    /// <summary>An order that was committed has given it up; what it holds is available again after the next sweep. Only where the order and the stock share a database.</summary>
    GivenUp = 6,

    /// <summary>An order that was committed has given back what it had bought; it is available again after the next sweep. Only where the order and the stock share a database.</summary>
    Returned = 7,
}
