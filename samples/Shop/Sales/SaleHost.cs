using Consistency.Kit;
using Consistency.Kit.Stock;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shop.Chaos;
using Shop.Stocks;

namespace Shop.Sales;

/// <summary>Composes a seller.</summary>
internal static class SaleHost
{
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(250);

    internal static WebApplication Build(SaleSettings settings, Tally tally)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(settings.Socket));
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Critical);
        var services = builder.Services;
        services.AddSingleton(settings);
        services.AddSingleton(tally);
        services.AddDbContextPool<SaleDb>(options => options.UseStore(settings.Store, settings.Connection));
        services.AddScoped<SaleDesk>();
        services.AddScoped<SaleBooks>();
        _ = settings.Stock == StockKind.Memory ? services.AddScoped<ITill, MemoryTill>() : services.AddScoped<ITill, DatabaseTill>();
        services.AddRoutingCore();
        services.AddConsistencyKit(kit => AddStock(kit, settings));
        if (settings.Sabotage is { } sabotage)
        {
            SaleSabotages.Apply(services, sabotage);
        }

        var seller = builder.Build();
        seller.UseRouting();
        seller.MapPost("/open", OpenAsync);
        seller.MapPost("/reserve", async (SaleCart cart, SaleDesk desk, CancellationToken token) => Tell(await desk.ReserveAsync(cart, token)));
        seller.MapPost("/pay", async (SaleCart cart, SaleDesk desk, CancellationToken token) => Tell(await desk.PayAsync(cart, token)));
        seller.MapPost("/release", async (SaleCart cart, SaleDesk desk, CancellationToken token) => Tell(await desk.ReleaseAsync(cart, token)));
        seller.MapGet("/levels", (StockStores stores, CancellationToken token) => stores.Shared.Upkeep.ListLevelsAsync(new StockSale(SaleSettings.Sale), token).AsTask());
        seller.MapGet("/books", (SaleBooks books, CancellationToken token) => books.ReadAsync(token));
        return seller;
    }

    private static void AddStock(ConsistencyKitBuilder kit, SaleSettings settings)
    {
        kit.UseEntityFrameworkCore<SaleDb>()
            .ConfigureStock(stock => stock.SweepInterval = Sweep)
            .ConfigureOutbox(outbox =>
            {
                // A killed seller's leases end soon, so that the sale does too.
                outbox.LeaseDuration = TimeSpan.FromSeconds(2);
                outbox.PollInterval = TimeSpan.FromMilliseconds(200);
            });
        switch (settings.Stock)
        {
            case StockKind.Memory:
                kit.UseMemoryStock();
                break;
            case StockKind.Redis:
                kit.UseRedis(settings.Redis, redis => redis.KeyPrefix = settings.Prefix).UseStockLedger<SaleDb>();
                break;
            default:
                break;
        }
    }

    /// <summary>Each seller opens the sale when it starts: to repeat it changes nothing.</summary>
    private static async Task<IResult> OpenAsync(IStockSales sales, SaleSettings settings, CancellationToken cancellationToken)
    {
        await sales.OpenAsync(new StockSale(SaleSettings.Sale), cancellationToken);
        foreach (var sku in SaleSettings.Skus)
        {
            if (await sales.SetAsync(new StockItem(SaleSettings.Sale, sku), settings.Items, cancellationToken) is not AdjustOutcome.Done)
            {
                return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
            }
        }

        return Results.Ok();
    }

    private static IResult Tell(SaleAnswer? answer) => answer is { } told ? Results.Text(told.ToString()) : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
}
