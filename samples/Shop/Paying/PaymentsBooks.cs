using System.Globalization;
using Consistency.Kit.Testing.Payments;
using Microsoft.EntityFrameworkCore;
using Shop.Drills;

namespace Shop.Paying;

/// <summary>What the shop's database says, compared with the provider's books.</summary>
internal sealed record PaymentsBooks(int Undecided, int Payments, int RefundsLeft, int Parcels, int PaidOrders, int Messages)
{
    internal static async Task<PaymentsBooks> ReadAsync(PayDb db) => new(
        await CountAsync(db, $"SELECT CAST(count(*) AS integer) AS \"Value\" FROM consistency_payment_order WHERE state IN ('Awaiting', 'Closing')"),
        await CountAsync(db, $"SELECT CAST(count(*) AS integer) AS \"Value\" FROM consistency_payment"),
        await CountAsync(db, $"SELECT CAST(count(*) AS integer) AS \"Value\" FROM consistency_payment_refund WHERE status = 0"),
        await db.Parcels.CountAsync(),
        await db.Orders.CountAsync(order => order.State == PayOrderState.Paid || order.State == PayOrderState.Shipped),
        await CountAsync(db, $"SELECT CAST(count(*) AS integer) AS \"Value\" FROM consistency_outbox"));

    internal bool IsSettled(PaymentSimulator provider) =>
        Undecided == 0 && Payments == provider.Payments.Count && RefundsLeft == 0 && Parcels == PaidOrders && Messages == 0;

    internal static async Task<IReadOnlyList<Invariant>> JudgeAsync(PayDb db, PaymentSimulator provider, PaymentsOptions options, Customers customers, CancellationToken cancellationToken)
    {
        var orders = await db.Orders.AsNoTracking().ToDictionaryAsync(order => order.Id.ToString(), cancellationToken);
        var payments = provider.Payments.ToLookup(payment => payment.OrderNumber);
        var refunds = provider.Refunds.ToLookup(refund => refund.TransactionId);
        var known = await db.Database.SqlQuery<KnownPayment>($"SELECT transaction_id AS \"Transaction\", kind AS \"Kind\" FROM consistency_payment").ToDictionaryAsync(row => row.Transaction, row => row.Kind, cancellationToken);
        var parcels = (await db.Parcels.AsNoTracking().ToListAsync(cancellationToken)).ToLookup(parcel => parcel.Order.ToString());
        var history = await db.Database.SqlQuery<int>($"SELECT CAST(count(*) AS integer) AS \"Value\" FROM consistency_state_move WHERE map = 'pay-order'").SingleAsync(cancellationToken);

        bool IsPaid(PayOrder order) => order.State is PayOrderState.Paid or PayOrderState.Shipped;
        long Kept(string order) => payments[order].Sum(payment => payment.Amount - refunds[payment.TransactionId].Sum(refund => refund.Amount));
        var unpaid = orders.Count(pair => !IsPaid(pair.Value) && Kept(pair.Key) != 0);
        var free = orders.Count(pair => IsPaid(pair.Value) && !payments[pair.Key].Any());
        var open = orders.Count(pair => pair.Value.State == PayOrderState.Placed);
        var surplus = known.Where(pair => pair.Value != 0).ToList();
        var refundedOnce = surplus.Count(pair => refunds[pair.Key].Count() == 1);
        var full = provider.Payments.Count(payment => known.GetValueOrDefault(payment.TransactionId) == 0 && refunds[payment.TransactionId].Sum(refund => refund.Amount) >= payment.Amount);
        var parts = customers.Returns.Count(pair => payments[pair.Key.ToString()].Any(payment =>
            refunds[payment.TransactionId].Select(refund => refund.Amount).Order().SequenceEqual(((long[])[pair.Value.First, pair.Value.Second]).Order())));
        var moves = orders.Values.Sum(order => order.State switch { PayOrderState.Shipped => 2, PayOrderState.Placed => 0, _ => 1 });
        var ghosts = 0;
        await foreach (var _ in db.Orders.FindStateGhostsAsync(PayOrderStates.Map, cancellationToken))
        {
            ghosts++;
        }

        return
        [
            Share("Orders placed", orders.Count, options.Orders),
            Zero("Undecided", open),
            Zero("Paid, but unpaid here", unpaid),
            Zero("Unpaid, but paid here", free),
            Zero("Shipped twice", parcels.Count(parcel => parcel.Count() > 1)),
            Zero("Paid, not shipped", orders.Count(pair => IsPaid(pair.Value) && !parcels[pair.Key].Any())),
            Zero("Shipped unpaid", parcels.Count(parcel => !payments[parcel.Key].Any() || !IsPaid(orders[parcel.Key]))),
            Share("Payments known", known.Count, provider.Payments.Count),
            Share("Surplus back once", refundedOnce, surplus.Count),
            Zero("Wrongly refunded", full),
            Share("Two parts refunded", parts, customers.Returns.Count),
            new("Forged accepted", $"{Number(provider.ForgedAccepted)} of {Number(provider.ForgedSent)}", provider.ForgedAccepted == 0 && !known.Keys.Any(id => id.StartsWith("forged", StringComparison.Ordinal))),
            Share("One line a move", history, moves),
            Zero("Ghosts", ghosts),
        ];
    }

    private static Invariant Zero(string name, int count) => new(name, Number(count), count == 0);

    private static Invariant Share(string name, int part, int whole) => new(name, $"{Number(part)} of {Number(whole)}", part == whole);

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static Task<int> CountAsync(PayDb db, FormattableString sql) => db.Database.SqlQuery<int>(sql).SingleAsync();

    internal sealed record KnownPayment(string Transaction, int Kind);
}
