using Consistency.Kit.Stock;
using Microsoft.Extensions.DependencyInjection;
using Shop.Chaos;

namespace Shop.Sales;

/// <summary>Switches a guarantee of the sale off, by decorators only.</summary>
internal static class SaleSabotages
{
    internal static readonly (string Name, SaleSabotage Sabotage, string Effect)[] All =
    [
        ("gate", SaleSabotage.Gate, "orders are saved without their stock"),
        ("once", SaleSabotage.Once, "each payment is an order of its own"),
        ("answer", SaleSabotage.Answer, "some buyers are told that they bought, and nothing is saved"),
        ("limit", SaleSabotage.Limit, "the limit per customer is not asked for"),
        ("sweep", SaleSabotage.Sweep, "nobody looks for carts past their deadline"),
        ("return", SaleSabotage.Return, "what a buyer gives back is put on sale once more"),
    ];

    internal static string NameOf(SaleSabotage sabotage) => Array.Find(All, item => item.Sabotage == sabotage).Name;

    internal static void Apply(IServiceCollection services, SaleSabotage sabotage)
    {
        switch (sabotage)
        {
            case SaleSabotage.Gate:
                services.AddScoped<ITill, CarelessTill>();
                break;
            case SaleSabotage.Once:
                services.Decorate<ITill>((till, provider) => new ForgetfulTill(till, provider.GetRequiredService<IStock>()));
                break;
            case SaleSabotage.Answer:
                services.Decorate<ITill>((till, _) => new HastyTill(till));
                break;
            case SaleSabotage.Limit:
                services.AddSingleton<IStock>(provider => new BoundlessStock(provider.GetRequiredService<StockStores>().Shared.Stock));
                break;
            case SaleSabotage.Return:
                services.AddSingleton<IStock>(provider => new GenerousStock(provider.GetRequiredService<StockStores>().Shared.Stock, provider.GetRequiredService<IStockSales>()));
                break;
            default:
                services.AddConsistencyKit(kit => kit.ConfigureStock(stock => stock.SweepInterval = TimeSpan.FromHours(1)));
                break;
        }
    }
}
