using Consistency.Kit.Conformance.Idempotency;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
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
        return new EfIdempotencyStoreFixture(database, await KitServices.OnAsync(database));
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }
}
