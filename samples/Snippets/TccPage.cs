using System.Text.Json.Serialization;
using Consistency.Kit;
using Consistency.Kit.Tcc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Snippets.TccPage;

internal static class Program
{
    public static readonly TccBranch<ReserveStock, StockReserved> Stock = new("stock");
    public static readonly TccBranch<FreezeMoney, MoneyFrozen> Wallet = new("wallet");

    internal static void Register(HostApplicationBuilder builder)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UseJson(ReserveJson.Default)
            .AddTcc(tcc => tcc
                .AddBranch(Stock, branch => branch.Http(new Uri("https://stock.example/branches/stock")))
                .AddBranch(Wallet, branch => branch.Local<ShopDb, WalletBranch>())));
    }

    internal static void RegisterByMessage(HostApplicationBuilder builder)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UseJson(ReserveJson.Default)
            .AddTcc(tcc => tcc
                .RepliesTo("checkout-tcc-replies")                                     // a topic of this service's own
                .AddBranch(Stock, branch => branch.Message("stock-tcc-commands"))
                .AddBranch(Wallet, branch => branch.Local<ShopDb, WalletBranch>())));
    }

    internal static void Answer(HostApplicationBuilder builder)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<StockDb>()
            .UseJson(ReserveJson.Default)
            .AddTccBranches("stock-tcc-commands", branches => branches.Add<StockDb, StockBranch, ReserveStock, StockReserved>(Stock)));
    }

    internal static async Task<IResult> CheckOutAsync(ITccCoordinator tcc, PaidOrder order, CancellationToken cancellationToken)
    {
        var outcome = await tcc.RunAsync(
            order.Id.ToString(),
            async (scope, token) =>
            {
                await scope.TryAsync(Stock, new ReserveStock(order.Sku, order.Quantity), token);
                await scope.TryAsync(Wallet, new FreezeMoney(order.Customer, order.Amount), token);
            },
            cancellationToken);
        return outcome.IsConfirmed ? Results.Ok() : Results.Conflict(outcome.Reason);
    }

    internal static void Map(WebApplication app)
    {
        app.MapTccBranch<ShopDb, WalletBranch, FreezeMoney, MoneyFrozen>("/branches/wallet").RequireAuthorization("coordinators");
    }
}

public sealed record PaidOrder(Guid Id, string Customer, string Sku, int Quantity, decimal Amount);

public sealed record ReserveStock(string Sku, int Quantity);

public sealed record StockReserved(int Left);

public sealed record FreezeMoney(string Customer, decimal Amount);

public sealed record MoneyFrozen(decimal Left);

public sealed class StockDb(DbContextOptions<StockDb> options) : DbContext(options)
{
    public DbSet<Shelf> Shelves => Set<Shelf>();
}

public sealed class Shelf
{
    public string Id { get; set; } = "";

    public int Available { get; set; }

    public int Reserved { get; set; }
}

public sealed class StockBranch(StockDb db) : ITccBranch<ReserveStock, StockReserved>
{
    public async Task<BranchResult<StockReserved>> TryAsync(ReserveStock request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var shelf = await db.Shelves.SingleAsync(shelf => shelf.Id == request.Sku, cancellationToken);
        if (shelf.Available < request.Quantity)
        {
            return new Refusal("Sold out.");
        }

        shelf.Available -= request.Quantity;
        shelf.Reserved += request.Quantity;
        return new StockReserved(shelf.Available);
    }

    public async Task ConfirmAsync(ReserveStock request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var shelf = await db.Shelves.SingleAsync(shelf => shelf.Id == request.Sku, cancellationToken);
        shelf.Reserved -= request.Quantity;
    }

    public async Task CancelAsync(ReserveStock request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var shelf = await db.Shelves.SingleAsync(shelf => shelf.Id == request.Sku, cancellationToken);
        shelf.Reserved -= request.Quantity;
        shelf.Available += request.Quantity;
    }
}

[JsonSerializable(typeof(ReserveStock))]
[JsonSerializable(typeof(StockReserved))]
[JsonSerializable(typeof(FreezeMoney))]
[JsonSerializable(typeof(MoneyFrozen))]
internal sealed partial class ReserveJson : JsonSerializerContext;

public sealed class WalletBranch(ShopDb db) : ITccBranch<FreezeMoney, MoneyFrozen>
{
    public async Task<BranchResult<MoneyFrozen>> TryAsync(FreezeMoney request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var wallet = await db.Wallets.SingleAsync(wallet => wallet.Customer == request.Customer, cancellationToken);
        if (wallet.Available < request.Amount)
        {
            return new Refusal("Not enough money.");
        }

        wallet.Available -= request.Amount;
        wallet.Frozen += request.Amount;
        return new MoneyFrozen(wallet.Available);
    }

    public async Task ConfirmAsync(FreezeMoney request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var wallet = await db.Wallets.SingleAsync(wallet => wallet.Customer == request.Customer, cancellationToken);
        wallet.Frozen -= request.Amount;
    }

    public async Task CancelAsync(FreezeMoney request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var wallet = await db.Wallets.SingleAsync(wallet => wallet.Customer == request.Customer, cancellationToken);
        wallet.Frozen -= request.Amount;
        wallet.Available += request.Amount;
    }
}
