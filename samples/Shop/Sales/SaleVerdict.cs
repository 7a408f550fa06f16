using System.Globalization;
using Consistency.Kit.Stock;
using Shop.Drills;

namespace Shop.Sales;

/// <summary>Judges the account of a sale: the same for each place where the stock may be.</summary>
internal static class SaleVerdict
{
    internal static IReadOnlyList<Invariant> Judge(SaleAccount account, SaleOptions options, Buyers buyers, IReadOnlyList<DateTime> losses)
    {
        var carts = account.Orders.Select(order => order.Cart.Split(ForgetfulTill.Mark)[0]).ToList();
        var known = carts.ToHashSet(StringComparer.Ordinal);
        return
        [
            Share("Buyers answered", buyers.Answered, options.Buyers),
            Zero("Oversold", account.Levels.Sum(level => Math.Max(level.Oversold, account.Ordered(level.Sku) - options.Items))),
            Share("Sold + held + left", account.Levels.Count(level => level.IsWhole && level.Oversold == 0 && level.Initial == options.Items), SaleSettings.Skus.Length),
            Zero("Orders without stock", account.WithoutStock),
            Zero("Sold without order", account.Levels.Sum(level => Math.Abs(level.Sold - account.Ordered(level.Sku)))),
            Zero("Bought twice", carts.Count - known.Count),
            Zero("Bought, no order", buyers.Bought.Keys.Count(cart => !known.Contains(cart))),
            Zero("Over the limit", OverLimit(account, losses)),
            Zero("Leaked", account.Levels.Sum(level => level.Reserved)),
            Zero("Drift", account.Drift),
        ];
    }

    /// <summary>Customers who have more of an item than they may. A store that came back empty begins to count anew: each of its lives by itself.</summary>
    private static int OverLimit(SaleAccount account, IReadOnlyList<DateTime> losses) => account.Orders
        .SelectMany(order => StockLines.Parse(order.Lines), (order, line) => (order.Customer, line.Sku, Life: losses.Count(loss => loss <= order.ReservedAt), line.Quantity))
        .GroupBy(line => (line.Customer, line.Sku, line.Life))
        .Count(lines => lines.Sum(line => line.Quantity) > SaleSettings.LimitPerCustomer);

    private static Invariant Zero(string name, long count) => new(name, Number(count), count == 0);

    private static Invariant Share(string name, int part, int whole) => new(name, $"{Number(part)} of {Number(whole)}", part == whole);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
