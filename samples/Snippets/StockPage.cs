using Consistency.Kit.Stock;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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

    internal static void ConfigureFailover(IServiceCollection services)
    {
        services.AddConsistencyKit(kit => kit
            .UseRedis("redis-1:6379,redis-2:6379,redis-3:6379,configCheckSeconds=2,abortConnect=false"));
    }

    internal static void ConfigureIntake(IServiceCollection services)
    {
        services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UseRedis("localhost:6379")
            .UseStockLedger<ShopDb>()
            .ConfigureStock(stock =>
            {
                stock.IntakeRules.Add(IntakeRule.OutboxDepth(refuseAt: 20_000, slowAt: 5_000));
                stock.IntakeRules.Add(IntakeRule.OutboxAge(refuseAt: TimeSpan.FromMinutes(1)));
                stock.IntakeRules.Add(new IntakeRule("open-orders", CountOpenAsync, refuseAt: 50_000) { AdmitOneIn = 10 });
            }));
    }

    internal static void MapReadiness(WebApplication app)
    {
        app.MapGet("/ready", (StockIntake intake) => intake.State == IntakeState.Refused
            ? Results.Json(intake.Readings, statusCode: 503)
            : Results.Ok());
    }

    internal static async Task CancelAsync(ShopDb db, Order order, CancellationToken cancellationToken)
    {
        db.Orders.Remove(order);
        await db.Stock.ReleaseAsync(new StockOrder("spring", order.Id.ToString()), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }

    private static async ValueTask<double> CountOpenAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ShopDb>().Orders.CountAsync(order => !order.IsDone, cancellationToken);
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
