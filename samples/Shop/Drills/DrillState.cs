using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Shop.Orders;

namespace Shop.Drills;

/// <summary>How far the shop is, as its database says.</summary>
internal sealed record DrillState(int Orders, int Placed, int Ended, int Changes, int Left) : IDrillState
{
    internal static async Task<IDrillState> ReadAsync(ShopDb db, int orders, int held)
    {
        var states = await db.Orders.GroupBy(order => order.State).Select(group => new { group.Key, Count = group.Count() }).ToListAsync();
        return new DrillState(
            orders,
            states.Sum(state => state.Count),
            states.Where(state => state.Key is OrderState.Completed or OrderState.Rejected).Sum(state => state.Count),
            await db.OrderEvents.CountAsync(),
            held + await Invariants.CountWorkLeftAsync(db));
    }

    public double Share => Math.Min(1, (Placed + Ended + Changes) / ((2.0 + OrderDesk.Versions) * Orders));

    /// <summary>All orders are placed and ended, all changes were followed, and nothing waits.</summary>
    public bool IsDrained => Placed >= Orders && Ended >= Orders && Changes >= Orders * OrderDesk.Versions && Left == 0;

    public bool IsIdle => Placed >= Orders && Left == 0;

    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Ended:N0} of {Orders:N0} orders ended, {Left:N0} on their way");
}
