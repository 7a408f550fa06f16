using Consistency.Kit.Stock;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>A call that waits to be judged with others.</summary>
internal abstract class StockCall
{
    /// <summary>Orders whose reservations it needs.</summary>
    internal IReadOnlyList<string> Orders { get; init; } = [];

    /// <summary>Items it needs, beside those that its reservations hold.</summary>
    internal IEnumerable<string> Skus { get; init; } = [];

    /// <summary>Whether it has to know what reservations hold.</summary>
    internal bool EndsReservations { get; init; }

    internal string? Customer { get; init; }

    internal string? ChangeId { get; init; }

    /// <summary>Judges; what came out is told when it was committed.</summary>
    internal abstract void Judge(StockBook book);

    internal abstract void Tell();

    internal abstract void Fail(Exception exception);
}
