using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Stock;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>The stock of an empty database, with no engine running.</summary>
internal sealed class EfStockFixture : StockFixture
{
    private readonly Database _database;
    private readonly ServiceProvider _services;

    private EfStockFixture(Database database, ServiceProvider services)
    {
        _database = database;
        _services = services;
        Store = services.GetRequiredService<StockStore>();
    }

    public override StockStore Store { get; }

    public override int Sequences => 8;

    internal static async ValueTask<StockFixture> CreateAsync(Engine engine)
    {
        var database = await Database.CreateAsync(engine);
        return new EfStockFixture(database, await KitServices.OnAsync(database));
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }
}
