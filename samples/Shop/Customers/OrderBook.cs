using Shop.Coupons;
using Shop.Orders;
using Shop.Stocks;
using Shop.Wallets;

namespace Shop.Customers;

/// <summary>Which orders there will be and what lies on the shelf; the same for the same seed.</summary>
internal static class OrderBook
{
    private const int Products = 20;

    /// <summary>These have half of what will be ordered.</summary>
    private const int ScarceProducts = 4;

    /// <summary>One order in so many asks for the coupon.</summary>
    private const int CouponShare = 10;

    /// <summary>Four orders each, of which the last ones find too little in the wallet.</summary>
    private const decimal Money = 160;

    /// <summary>One order in so many is an offer that ends soon, and its customer forgets to pay.</summary>
    private const int ForgottenShare = 50;

    internal static bool IsForgotten(int reference) => reference % ForgottenShare == 7;

    internal static TimeSpan TimeToPay(int reference) => IsForgotten(reference) ? TimeSpan.FromSeconds(2) : TimeSpan.FromHours(1);

    internal static int CustomerOf(int reference) => reference / 4;

    internal static bool UsesCoupon(int reference) => reference % CouponShare < 2;

    internal static IEnumerable<Wallet> Wallets(int orders) =>
        Enumerable.Range(0, CustomerOf(orders) + 1).Select(customer => new Wallet { Customer = customer, Initial = Money, Available = Money });

    internal static IEnumerable<Coupon> Coupons(int orders) => Enumerable.Range(0, CustomerOf(orders) + 1).Select(customer => new Coupon { Customer = customer });

    /// <summary>Not HashCode: it is another one in each process, and a seed repeats the same orders.</summary>
    internal static Random RandomOf(int seed, int reference) => new(unchecked((seed * 7919) + reference));

    internal static OrderRequest Order(int seed, int reference)
    {
        var random = RandomOf(seed, reference);
        var quantity = random.Next(1, 4);
        return new OrderRequest(reference, random.Next(Products) + 1, quantity, quantity * random.Next(5, 50));
    }

    internal static IEnumerable<Product> Shelf(int seed, int orders)
    {
        var demand = Enumerable.Range(1, orders).Select(reference => Order(seed, reference)).ToLookup(order => order.Product, order => order.Quantity);
        for (var id = 1; id <= Products; id++)
        {
            var wanted = demand[id].Sum();
            var initial = id <= ScarceProducts ? wanted / 2 : wanted + 10;
            yield return new Product { Id = id, Initial = initial, Available = initial };
        }
    }
}
