using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>The barrier of an empty database, with no engine running. The account is three orders.</summary>
internal sealed class EfBarrierFixture : BarrierFixture
{
    private static readonly string[] Pots = ["available", "frozen", "spent"];

    private readonly Database _database;
    private readonly ServiceProvider _services;

    private EfBarrierFixture(Database database, ServiceProvider services)
    {
        _database = database;
        _services = services;
        Store = services.GetRequiredService<BarrierStore>();
    }

    public override BarrierStore Store { get; }

    internal static async ValueTask<BarrierFixture> CreateAsync(Engine engine)
    {
        var database = await Database.CreateAsync(engine);
        var services = await KitServices.OnAsync(database);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
        db.Orders.AddRange(Pots.Select((pot, i) => new Order { Customer = pot, Version = i == 0 ? 100 : 0 }));
        await db.SaveChangesAsync();
        return new EfBarrierFixture(database, services);
    }

    public override IAsyncDisposable CreateScope(out IServiceProvider scope)
    {
        var made = _services.CreateAsyncScope();
        scope = made.ServiceProvider;
        return made;
    }

    public override async Task ChangeAsync(IServiceProvider scope, int available, int frozen, int spent, CancellationToken cancellationToken)
    {
        var db = scope.GetRequiredService<ShopDb>();
        foreach (var (pot, change) in Pots.Zip((int[])[available, frozen, spent]).Where(pair => pair.Second != 0))
        {
            await db.Orders.Where(order => order.Customer == pot).ExecuteUpdateAsync(set => set.SetProperty(order => order.Version, order => order.Version + change), cancellationToken);
        }
    }

    public override async Task<BarrierAccount> ReadAsync(CancellationToken cancellationToken)
    {
        await using var scope = _services.CreateAsyncScope();
        var pots = await scope.ServiceProvider.GetRequiredService<ShopDb>().Orders.AsNoTracking().ToDictionaryAsync(order => order.Customer, order => order.Version, cancellationToken);
        return new BarrierAccount(pots["available"], pots["frozen"], pots["spent"]);
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }
}
