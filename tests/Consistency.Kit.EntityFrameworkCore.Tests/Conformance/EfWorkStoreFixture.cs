using Consistency.Kit.Conformance.Work;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>The work of an empty database, with no engine running.</summary>
internal sealed class EfWorkStoreFixture : WorkStoreFixture
{
    private readonly Database _database;
    private readonly ServiceProvider _services;

    private EfWorkStoreFixture(Database database, ServiceProvider services)
    {
        _database = database;
        _services = services;
        Store = services.GetRequiredService<WorkStore>();
    }

    public override WorkStore Store { get; }

    internal static async ValueTask<WorkStoreFixture> CreateAsync(Engine engine)
    {
        var database = await Database.CreateAsync(engine);
        return new EfWorkStoreFixture(database, await KitServices.OnAsync(database));
    }

    public override void AddEffect(IServiceProvider scope, string effect) => scope.GetRequiredService<ShopDb>().Effects.Add(new Effect { Key = effect });

    public override Task SaveAsync(IServiceProvider scope) => scope.GetRequiredService<ShopDb>().SaveChangesAsync();

    public override async Task<IReadOnlyList<string>> EffectsAsync()
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ShopDb>().Effects.OrderBy(effect => effect.Id).Select(effect => effect.Key).ToListAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }
}
