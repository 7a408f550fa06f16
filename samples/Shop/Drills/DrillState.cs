using Microsoft.EntityFrameworkCore;
using Shop.Orders;

namespace Shop.Drills;

/// <summary>How far the shop is, as its database says.</summary>
internal readonly record struct DrillState(int Placed, int Ended, int Changes, int Left)
{
    internal static async Task<DrillState> ReadAsync(ShopDb db)
    {
        var states = await db.Orders.GroupBy(order => order.State).Select(group => new { group.Key, Count = group.Count() }).ToListAsync();
        return new DrillState(
            states.Sum(state => state.Count),
            states.Where(state => state.Key is OrderState.Completed or OrderState.Rejected).Sum(state => state.Count),
            await db.OrderEvents.CountAsync(),
            await Invariants.CountWorkLeftAsync(db));
    }

    /// <summary>The share of the work that is done, from 0 to 1.</summary>
    internal double Share(int orders) => Math.Min(1, (Placed + Ended + Changes) / ((2.0 + OrderDesk.Versions) * orders));

    /// <summary>All orders are placed and ended, all changes were followed, and nothing waits.</summary>
    internal bool IsDrained(int orders) => Placed >= orders && Ended >= orders && Changes >= orders * OrderDesk.Versions && Left == 0;

    /// <summary>Nothing waits, though perhaps some were lost.</summary>
    internal bool IsIdle(int orders) => Placed >= orders && Left == 0;
}
