using System.Globalization;
using Consistency.Kit.Testing.Payments;
using Microsoft.EntityFrameworkCore;
using Shop.Customers;
using Shop.Orders;
using Shop.Payments;
using Shop.Stocks;

namespace Shop.Drills;

/// <summary>Computes every invariant from the database, from what lies on the shelf, and from the payment provider's books, alone.</summary>
internal static class Invariants
{
    internal static async Task<IReadOnlyList<Invariant>> ComputeAsync(ShopDb db, PaymentSimulator provider, IReadOnlyList<Product> shelf, int orders, CheckoutKind checkout)
    {
        var placed = await db.Orders.Select(order => order.Reference).Distinct().CountAsync();
        return
        [
            new("Orders placed", string.Create(CultureInfo.InvariantCulture, $"{placed:N0} of {orders:N0}"), placed == orders),
            Zero("Placed twice", await CountTwiceAsync(db.Orders.Select(row => row.Reference))),
            Zero("Orders lost", await CountLostAsync(db)),
            Zero("Half undone", await CountHalfUndoneAsync(db)),
            Zero("Changes lost", await CountLostChangesAsync(db)),
            Zero("Handled twice", await CountHandledTwiceAsync(db)),
            Zero("Out of order", await CountOutOfOrderAsync(db)),
            Zero("Oversold", await CountOversoldAsync(db, shelf)),
            Zero("Charged twice", provider.Payments.GroupBy(payment => payment.OrderNumber).Count(order => order.Count() > 1)),
            await PaymentsAgreeAsync(db, provider),
            await StockConservedAsync(db, shelf),
            .. checkout == CheckoutKind.Tcc ? [await MoneyConservedAsync(db), await CouponsOnceAsync(db)] : Array.Empty<Invariant>(),
            await PointsOnceAsync(db),
            Zero("Work left", await CountWorkLeftAsync(db)),
        ];
    }

    /// <summary>Messages on their way or held, work and signals that have not ended, and payments that are not decided. A decided payment is watched for a while; that is no work left.</summary>
    internal static async Task<int> CountWorkLeftAsync(ShopDb db) =>
        await db.Database.SqlQuery<int>(
            $"""
             SELECT CAST((SELECT count(*) FROM consistency_outbox) + (SELECT count(*) FROM consistency_inbox_hold)
                 + (SELECT count(*) FROM consistency_work WHERE status IN (0, 2) AND type <> 'job/consistency-poll-payment')
                 + (SELECT count(*) FROM consistency_payment_order WHERE state IN ('Awaiting', 'Closing')) AS integer) AS "Value"
             """).SingleAsync();

    /// <summary>Orders without an end, or with an end but without what should have led there.</summary>
    private static Task<int> CountLostAsync(ShopDb db) =>
        db.Orders.CountAsync(order => order.State != OrderState.Rejected
            && (order.State != OrderState.Completed
                || !db.TakenStock.Any(row => row.Order == order.Id)
                || !db.Shipments.Any(row => row.Order == order.Id)));

    /// <summary>Rejected orders that something is left of.</summary>
    private static Task<int> CountHalfUndoneAsync(ShopDb db) =>
        db.Orders.CountAsync(order => order.State == OrderState.Rejected
            && (db.TakenStock.Any(row => row.Order == order.Id)
                || db.Bills.Any(row => row.Order == order.Id)
                || db.Shipments.Any(row => row.Order == order.Id)
                || db.PointsGrants.Any(row => row.Order == order.Id)));

    /// <summary>Versions of orders that nobody who follows the order has seen.</summary>
    private static async Task<int> CountLostChangesAsync(ShopDb db) =>
        await db.Orders.SumAsync(order => order.Version)
        - await db.OrderEvents.Select(row => new { row.Order, row.Version }).Distinct().CountAsync();

    /// <summary>Effects that a consumer had more than once for the same message, over all consumers.</summary>
    private static async Task<int> CountHandledTwiceAsync(ShopDb db) =>
        await CountTwiceAsync(db.OrderEvents.Select(row => new { row.Order, row.Version }))
        + await CountTwiceAsync(db.TakenStock.Select(row => row.Order))
        + await CountTwiceAsync(db.Bills.Select(row => row.Order))
        + await CountTwiceAsync(db.Shipments.Select(row => row.Order))
        + await CountTwiceAsync(db.PointsGrants.Select(row => row.Order));

    /// <summary>Versions that came after a later version of the same order.</summary>
    private static Task<int> CountOutOfOrderAsync(ShopDb db) =>
        db.Database.SqlQuery<int>(
            $"""
             SELECT CAST(count(*) AS integer) AS "Value"
             FROM (SELECT "Version" - lag("Version") OVER (PARTITION BY "Order" ORDER BY "Sequence") AS step FROM order_events) AS steps
             WHERE step < 0
             """).SingleAsync();

    /// <summary>What the provider took for an order is what the order costs, when it is paid here, and nothing otherwise.</summary>
    private static async Task<Invariant> PaymentsAgreeAsync(ShopDb db, PaymentSimulator provider)
    {
        var taken = provider.Payments.ToLookup(payment => payment.OrderNumber, payment => payment.Amount);
        var orders = await db.Orders.Select(order => new { order.Id, order.State, order.Amount }).ToListAsync();
        var right = orders.Count(order => taken[order.Id.ToString()].Sum() == (order.State is OrderState.Paid or OrderState.Shipped or OrderState.Completed ? Billing.ToCents(order.Amount) : 0));
        return new("Payments agree", string.Create(CultureInfo.InvariantCulture, $"{right:N0} of {orders.Count:N0}"), right == orders.Count);
    }

    /// <summary>Pieces that were promised to somebody and never existed.</summary>
    private static async Task<int> CountOversoldAsync(ShopDb db, IReadOnlyList<Product> shelf) =>
        (await TakenOfEachAsync(db, shelf)).Sum(product => Math.Max(0, product.Taken - product.Initial));

    private static async Task<Invariant> StockConservedAsync(ShopDb db, IReadOnlyList<Product> shelf)
    {
        var products = await TakenOfEachAsync(db, shelf);
        var wrong = products.Count(product => product.Initial != product.Available + product.Taken || product.Held != 0);
        return new("Stock conserved", string.Create(CultureInfo.InvariantCulture, $"{products.Count - wrong} of {products.Count} products"), wrong == 0);
    }

    /// <summary>Nothing is frozen for ever, nothing is lost, and what was spent are the bills.</summary>
    private static async Task<Invariant> MoneyConservedAsync(ShopDb db)
    {
        var wallets = await db.Wallets.AsNoTracking().ToListAsync();
        var billed = (await db.Bills.Select(bill => bill.Amount).ToListAsync()).Sum();
        var right = wallets.Count(wallet => wallet.Frozen == 0 && wallet.Initial == wallet.Available + wallet.Spent);
        return new("Money conserved", string.Create(CultureInfo.InvariantCulture, $"{right:N0} of {wallets.Count:N0} wallets"), right == wallets.Count && wallets.Sum(wallet => wallet.Spent) == billed);
    }

    /// <summary>A coupon was used for an order that went through, or not at all, and nobody holds it.</summary>
    private static async Task<Invariant> CouponsOnceAsync(ShopDb db)
    {
        var asked = (await db.Orders.Where(order => order.State == OrderState.Completed).Select(order => new { order.Id, order.Reference }).ToListAsync())
            .Where(order => OrderBook.UsesCoupon(order.Reference))
            .ToDictionary(order => order.Id, order => OrderBook.CustomerOf(order.Reference));
        var coupons = await db.Coupons.AsNoTracking().ToListAsync();
        var used = coupons.Where(coupon => coupon.UsedFor is not null).ToList();
        var right = used.Count(coupon => asked.TryGetValue(coupon.UsedFor!.Value, out var customer) && customer == coupon.Customer);
        return new("Coupons once", string.Create(CultureInfo.InvariantCulture, $"{right:N0} of {asked.Count:N0}"), right == asked.Count && right == used.Count && coupons.All(coupon => coupon.HeldFor is null));
    }

    private static async Task<Invariant> PointsOnceAsync(ShopDb db)
    {
        var completed = await db.Orders.CountAsync(order => order.State == OrderState.Completed);
        var right = await db.Orders.CountAsync(order => order.State == OrderState.Completed && db.PointsGrants.Count(row => row.Order == order.Id) == 1);
        var grants = await db.PointsGrants.CountAsync();
        return new("Points once", string.Create(CultureInfo.InvariantCulture, $"{right:N0} of {completed:N0}"), right == completed && grants == completed);
    }

    private static async Task<List<(int Initial, int Available, int Held, int Taken)>> TakenOfEachAsync(ShopDb db, IReadOnlyList<Product> shelf)
    {
        var taken = await db.TakenStock.GroupBy(row => row.Product).Select(group => new { group.Key, Quantity = group.Sum(row => row.Quantity) }).ToDictionaryAsync(product => product.Key, product => product.Quantity);
        return [.. shelf.Select(product => (product.Initial, product.Available, product.Held, taken.GetValueOrDefault(product.Id)))];
    }

    private static async Task<int> CountTwiceAsync<T>(IQueryable<T> effects) =>
        await effects.CountAsync() - await effects.Distinct().CountAsync();

    private static Invariant Zero(string name, int count) => new(name, count.ToString("N0", CultureInfo.InvariantCulture), count == 0);
}
