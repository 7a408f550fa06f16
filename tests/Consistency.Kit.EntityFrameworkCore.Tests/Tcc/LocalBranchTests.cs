using System.Text.Json.Serialization;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Tcc;

public sealed record Take(string Pot);

[JsonSerializable(typeof(Take))]
internal sealed partial class TakeJson : JsonSerializerContext;

/// <summary>Takes one from a pot, which is an order, or refuses when nothing is left.</summary>
internal sealed class PotBranch(ShopDb db) : ITccBranch<Take, Take>
{
    public async Task<BranchResult<Take>> TryAsync(Take request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        var taken = await db.Orders.Where(pot => pot.Customer == request.Pot && pot.Version > 0).ExecuteUpdateAsync(set => set.SetProperty(pot => pot.Version, pot => pot.Version - 1), cancellationToken);
        return taken > 0 ? request : new Refusal("empty");
    }

    public Task ConfirmAsync(Take request, BranchCall branchCall, CancellationToken cancellationToken)
    {
        db.Effects.Add(new Effect { Consumer = request.Pot, Key = branchCall.TransactionId });
        return Task.CompletedTask;
    }

    public Task CancelAsync(Take request, BranchCall branchCall, CancellationToken cancellationToken) =>
        db.Orders.Where(pot => pot.Customer == request.Pot).ExecuteUpdateAsync(set => set.SetProperty(pot => pot.Version, pot => pot.Version + 1), cancellationToken);
}

/// <summary>Transactions whose branches are in the coordinator's own database.</summary>
public abstract class LocalBranchTests(Engine engine)
{
    private const int Customers = 24;
    private const int Stock = 10;
    private static readonly TccBranch<Take, Take> First = new("first");
    private static readonly TccBranch<Take, Take> Second = new("second");

    [Fact]
    public async Task Many_customers_at_once_take_from_both_pots_or_from_neither()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database);
        var tcc = shop.Services.GetRequiredService<ITccCoordinator>();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, Customers).Select(number => Task.Run(() => tcc.RunAsync(
            $"{number}",
            async (scope, token) =>
            {
                await scope.TryAsync(First, new Take("first"), token);
                await scope.TryAsync(Second, new Take("second"), token);
            },
            default))));
        Assert.All(outcomes, outcome => Assert.True(outcome.Status is TccStatus.Confirmed or TccStatus.Cancelled, $"{outcome}"));
        var confirmed = outcomes.Where(outcome => outcome.IsConfirmed).Select(outcome => outcome.Id).Order().ToList();
        Assert.InRange(confirmed.Count, 1, Stock / 2);
        var left = await shop.UseAsync(db => db.Orders.ToDictionaryAsync(pot => pot.Customer, pot => pot.Version));
        Assert.Equal((Stock - confirmed.Count, (Stock / 2) - confirmed.Count), (left["first"], left["second"]));
        foreach (var pot in (string[])["first", "second"])
        {
            Assert.Equal(confirmed, (await shop.UseAsync(db => db.Effects.Where(effect => effect.Consumer == pot).Select(effect => effect.Key).ToListAsync())).Order());
        }
    }

    [Fact]
    public async Task What_is_missing_keeps_the_host_from_starting()
    {
        await using var database = await Database.CreateAsync(engine);
        var twice = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => Shop.StartAsync(database, kit => WithHandlers(kit).UseJson(TakeJson.Default).AddTcc(tcc => tcc
            .AddBranch(First, branch => branch.Local<ShopDb, PotBranch>())
            .AddBranch(new TccBranch<Take, Take>("first"), branch => branch.Local<ShopDb, PotBranch>())
            .AddBranch(Second, _ => { })
            .AddBranch(new TccBranch<Take, DateOnly>("other"), branch => branch.Local<PublishedElsewhere, NoBranch>())), services => services.AddSingleton(new Behaviour())));
        Assert.Contains("Two branches are named 'first'", twice.Message, StringComparison.Ordinal);
        Assert.Contains("Nobody said where branch 'second' is", twice.Message, StringComparison.Ordinal);
        Assert.Contains("kit.UseEntityFrameworkCore<PublishedElsewhere>()", twice.Message, StringComparison.Ordinal);
        Assert.Contains("DateOnly", twice.Message, StringComparison.Ordinal);
    }

    private static async Task<Shop> StartAsync(Database database)
    {
        var shop = await Shop.StartAsync(database, kit => WithHandlers(kit).UseJson(TakeJson.Default).AddTcc(tcc => tcc
            .AddBranch(First, branch => branch.Local<ShopDb, PotBranch>())
            .AddBranch(Second, branch => branch.Local<ShopDb, PotBranch>())), services => services.AddSingleton(new Behaviour()));
        await shop.UseAsync(db =>
        {
            db.Orders.AddRange(new Order { Customer = "first", Version = Stock }, new Order { Customer = "second", Version = Stock / 2 });
            return db.SaveChangesAsync();
        });
        return shop;
    }

    private static ConsistencyKitBuilder WithHandlers(ConsistencyKitBuilder kit) => kit.AddHandler<OrderPlaced, RecordOrder>().AddHandler<InvoiceWritten, RecordInvoice>();

    private sealed class PublishedElsewhere;

    private sealed class NoBranch : ITccBranch<Take, DateOnly>
    {
        public Task<BranchResult<DateOnly>> TryAsync(Take request, BranchCall branchCall, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task ConfirmAsync(Take request, BranchCall branchCall, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task CancelAsync(Take request, BranchCall branchCall, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}

public sealed class SqliteLocalBranchTests() : LocalBranchTests(Engine.Sqlite);

public sealed class PostgresLocalBranchTests() : LocalBranchTests(Engine.Postgres);
