using System.Globalization;
using Consistency.Kit.Testing.Payments;
using Microsoft.EntityFrameworkCore;
using Shop.Orders;

namespace Shop.Drills;

/// <summary>How far the payments drill is.</summary>
/// <param name="Orders">How many orders there will be.</param>
/// <param name="Ended">Orders that are shipped or given up.</param>
/// <param name="Known">Payments that the shop knows of.</param>
/// <param name="Made">Payments that the provider has taken.</param>
/// <param name="Left">What the shop still has to do by itself.</param>
/// <param name="AreCustomersDone">Whether the customers want nothing more.</param>
internal sealed record PaymentsState(int Orders, int Ended, int Known, int Made, int Left, bool AreCustomersDone) : IDrillState
{
    internal static async Task<PaymentsState> ReadAsync(ShopDb db, PaymentSimulator provider, int orders, bool areCustomersDone) => new(
        orders,
        await db.Orders.CountAsync(order => order.State == OrderState.Completed || order.State == OrderState.Rejected),
        await db.Database.SqlQuery<int>($"SELECT CAST(count(*) AS integer) AS \"Value\" FROM consistency_payment").SingleAsync(),
        provider.Payments.Count,
        await Invariants.CountWorkLeftAsync(db) - await PaymentsInvariants.CountParkedAsync(db),
        areCustomersDone);

    public double Share => Math.Min(1, (double)Ended / Orders);

    /// <summary>All orders have ended, all money that came is known, and nothing is at work. What is parked waits for a person, and not the drill for it.</summary>
    internal bool IsSettled => Ended >= Orders && Known >= Made && Left == 0;

    public bool IsDrained => AreCustomersDone && IsSettled;

    // A payment of which nobody tells is found when the provider is asked the next time.
    public bool IsIdle => false;

    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Ended:N0} of {Orders:N0} orders ended, {Known:N0} of {Made:N0} payments known");
}
