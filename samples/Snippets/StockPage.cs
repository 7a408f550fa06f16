using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

internal static class StockPage
{
    internal static void Configure(IServiceCollection services)
    {
        services.AddConsistencyKit(kit => kit
            .UseRedis("localhost:6379")
            .ConfigureStock(stock => stock.Retention = TimeSpan.FromDays(3)));
    }

    internal static void ConfigureLedger(IServiceCollection services)
    {
        services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UseRedis("localhost:6379")
            .UseStockLedger<ShopDb>());
    }

    internal static async Task AcceptAsync(ShopDb db, Order order, ReserveRequest request, CancellationToken cancellationToken)
    {
        db.Orders.Add(order);
        db.Stock.Accept(request);
        await db.SaveChangesAsync(cancellationToken);
    }

    internal static async Task<string> ReserveAsync(IStock stock, Order order, CancellationToken cancellationToken)
    {
        var request = new ReserveRequest(
            new StockOrder(sale: "spring", id: order.Id.ToString()),
            [new StockLine("shirt", 1), new StockLine("socks", 2)],
            hold: TimeSpan.FromMinutes(15))
        { Customer = order.Customer, LimitPerCustomer = 2 };
        var outcome = await stock.ReserveAsync(request, cancellationToken);
        var answer = outcome switch
        {
            { HasStock: true } => "Pay within 15 minutes.",
            ReserveOutcome.Insufficient few => $"Only {few.Lines[0].Quantity} of {few.Lines[0].Sku} left.",
            ReserveOutcome.OverLimit => "You have yours.",
            ReserveOutcome.SellingStopped => "We are back in a moment.",
            _ => "Please order again.",
        };
        return answer;
    }
}
