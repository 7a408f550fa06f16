using Consistency.Kit.Conformance.Idempotency;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>The keys of an empty database, with no engine running.</summary>
internal sealed class EfIdempotencyStoreFixture : IdempotencyStoreFixture
{
    private readonly Database _database;
    private readonly ServiceProvider _services;

    private EfIdempotencyStoreFixture(Database database, ServiceProvider services)
    {
        _database = database;
        _services = services;
        Store = services.GetRequiredService<IdempotencyStore>();
    }

    public override IdempotencyStore Store { get; }

    internal static async ValueTask<IdempotencyStoreFixture> CreateAsync(Engine engine)
    {
        var database = await Database.CreateAsync(engine);
        var services = new ServiceCollection()
            .AddDbContext<ShopDb>(database.Configure)
            .AddConsistencyKit(kit => kit.UseEntityFrameworkCore<ShopDb>(options => options.Portable = database.IsPortable))
            .BuildServiceProvider();
        await using (var scope = services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ShopDb>().Database.EnsureConsistencyKitCreatedAsync();
        }

        return new EfIdempotencyStoreFixture(database, services);
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }
}
