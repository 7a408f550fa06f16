using Consistency.Kit.Payments;
using Microsoft.EntityFrameworkCore;

namespace Shop.Payments;

/// <summary>What the shop and its payment provider call each other, and how an order is billed.</summary>
internal static class Billing
{
    internal const string Provider = "simulated";
    internal const string Merchant = "shop";
    internal const string Currency = "CNY";

    /// <summary>Bills an order with the save that follows: from then on the customer may pay, for so long.</summary>
    /// <remarks>An order has one payment. That it has one bill as well is left to the inbox, and the drill's to prove: a second one is not in the way here.</remarks>
    internal static async Task BillOrderAsync(this ShopDb db, Guid order, decimal amount, TimeSpan timeToPay, CancellationToken cancellationToken)
    {
        if (!await db.Bills.AnyAsync(bill => bill.Order == order, cancellationToken))
        {
            db.ExpectPayment(new ExpectedPayment
            {
                OrderNumber = order.ToString(),
                Provider = Provider,
                Merchant = Merchant,
                Amount = ToCents(amount),
                Currency = Currency,
                CloseAfter = timeToPay,
            });
        }

        db.Bills.Add(new Bill { Order = order, Amount = amount });
    }

    internal static long ToCents(decimal amount) => (long)(amount * 100);

    internal static decimal FromCents(long amount) => amount / 100m;
}
