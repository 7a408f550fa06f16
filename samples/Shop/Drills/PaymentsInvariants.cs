using System.Globalization;
using Consistency.Kit.Testing.Payments;
using Microsoft.EntityFrameworkCore;
using Shop.Customers;
using Shop.Orders;
using Shop.Payments;

namespace Shop.Drills;

/// <summary>Compares what the shop's database says with the provider's books.</summary>
internal static class PaymentsInvariants
{
    internal static async Task<IReadOnlyList<Invariant>> ComputeAsync(ShopDb db, PaymentSimulator provider, int count, PayingCustomers customers)
    {
        var orders = await db.Orders.AsNoTracking().ToDictionaryAsync(order => order.Id.ToString());
        var shipments = (await db.Shipments.AsNoTracking().ToListAsync()).ToLookup(shipment => shipment.Order.ToString());
        var known = (await db.Database.SqlQuery<KnownPayment>($"SELECT transaction_id AS \"Transaction\", kind AS \"Kind\" FROM consistency_payment").ToListAsync())
            .ToDictionary(payment => payment.Transaction, payment => payment.Kind);
        var stored = (await db.Database.SqlQuery<string>($"SELECT work_key AS \"Value\" FROM consistency_work WHERE scope = {"callback/" + Billing.Provider}").ToListAsync()).ToHashSet();
        var payments = provider.Payments.ToLookup(payment => payment.OrderNumber);
        var taken = provider.Payments.Select(payment => payment.TransactionId).ToHashSet();
        var refunds = provider.Refunds.ToLookup(refund => refund.TransactionId, refund => refund.Amount);

        long Kept(string order) => payments[order].Sum(payment => payment.Amount - refunds[payment.TransactionId].Sum());
        var surplus = known.Where(payment => payment.Value != 0).ToList();
        return
        [
            Share("Orders placed", orders.Count, count),
            Zero("Undecided", orders.Values.Count(order => order.State == OrderState.Billed)),
            Zero("Paid, but unpaid here", orders.Count(order => !IsPaid(order.Value) && Kept(order.Key) != 0)),
            Zero("Unpaid, but paid here", orders.Count(order => IsPaid(order.Value) && !payments[order.Key].Any())),
            Zero("Shipped twice", shipments.Count(order => order.Count() > 1)),
            Zero("Paid, not shipped", orders.Count(order => IsPaid(order.Value) && !shipments[order.Key].Any())),
            Zero("Shipped unpaid", shipments.Count(order => Kept(order.Key) <= 0)),
            Share("Payments known", provider.Payments.Count(payment => known.ContainsKey(payment.TransactionId)), provider.Payments.Count),
            Zero("Acknowledged, lost", provider.Acknowledged.Count(transaction => !stored.Contains(transaction))),
            Share("Surplus back once", surplus.Count(payment => refunds[payment.Key].Count() == 1), surplus.Count),
            Zero("Wrongly refunded", provider.Payments.Count(payment => known.GetValueOrDefault(payment.TransactionId) == 0 && refunds[payment.TransactionId].Sum() >= payment.Amount)),
            Share("Two parts refunded", customers.Returns.Count(order => IsReturned(payments[order.Key.ToString()], refunds, order.Value)), customers.Returns.Count),
            new("Forged accepted", $"{Number(provider.ForgedAccepted)} of {Number(provider.ForgedSent)}", provider.ForgedAccepted == 0 && known.Keys.All(taken.Contains)),
            await OneLineAMoveAsync(db),
            Zero("Parked", await CountParkedAsync(db)),
        ];
    }

    /// <summary>Work that only a person can bring to its end.</summary>
    internal static Task<int> CountParkedAsync(ShopDb db) => db.Database
        .SqlQuery<int>($"SELECT CAST(count(*) AS integer) AS \"Value\" FROM consistency_work WHERE status = 2 AND type <> 'job/consistency-poll-payment'").SingleAsync();

    private static bool IsPaid(Order order) => order.State is OrderState.Paid or OrderState.Shipped or OrderState.Completed;

    private static bool IsReturned(IEnumerable<SimulatedPayment> payments, ILookup<string, long> refunds, (long First, long Second) parts) =>
        payments.Any(payment => refunds[payment.TransactionId].Order().SequenceEqual(new[] { parts.First, parts.Second }.Order()));

    /// <summary>The history of a payment is numbered without gaps, has one line for each of its moves, and leads to where it stands.</summary>
    private static async Task<Invariant> OneLineAMoveAsync(ShopDb db)
    {
        var states = await db.Database.SqlQuery<Standing>($"SELECT number AS \"Order\", state AS \"State\" FROM consistency_payment_order").ToListAsync();
        var moves = (await db.Database.SqlQuery<Move>($"SELECT thing_id AS \"Order\", number AS \"Number\", from_state AS \"From\", to_state AS \"To\" FROM consistency_state_move WHERE map = 'consistency-payment' ORDER BY thing_id, number").ToListAsync())
            .ToLookup(move => move.Order);
        var right = states.Count(standing => IsTold([.. moves[standing.Order]], standing.State));
        return Share("One line a move", right, states.Count);

        static bool IsTold(Move[] moves, string state)
        {
            var at = "Awaiting";
            for (var line = 0; line < moves.Length; line++)
            {
                if (moves[line].Number != line + 1 || moves[line].From != at || moves[line].To == at)
                {
                    return false;
                }

                at = moves[line].To;
            }

            return at == state && moves.Length <= 2;
        }
    }

    private static Invariant Zero(string name, int count) => new(name, Number(count), count == 0);

    private static Invariant Share(string name, int part, int whole) => new(name, $"{Number(part)} of {Number(whole)}", part == whole);

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    internal sealed record KnownPayment(string Transaction, int Kind);

    internal sealed record Standing(string Order, string State);

    internal sealed record Move(string Order, int Number, string From, string To);
}
