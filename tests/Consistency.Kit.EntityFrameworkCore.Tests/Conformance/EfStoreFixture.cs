using System.Text.Json.Serialization;
using Consistency.Kit.Conformance.Messaging;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using IDbContextTransaction = Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>A store in an empty database, with no engine running.</summary>
internal sealed class EfStoreFixture : StoreFixture
{
    private readonly Database _database;
    private readonly ServiceProvider _services;

    private EfStoreFixture(Database database, ServiceProvider services)
    {
        _database = database;
        _services = services;
        Store = services.GetRequiredService<MessagingStore>();
    }

    public override MessagingStore Store { get; }

    internal static async ValueTask<StoreFixture> CreateAsync(Engine engine)
    {
        var database = await Database.CreateAsync(engine);
        var services = await KitServices.OnAsync(database, kit => kit.UseJson(NumberJson.Default).AddMessage<int>("number.v1", "numbers"));
        var fixture = new EfStoreFixture(database, services);
        Assert.Empty(await fixture.Store.Schema.CheckAsync(CancellationToken.None));
        return fixture;
    }

    public override async ValueTask<OpenTransaction> BeginAsync(CancellationToken cancellationToken)
    {
        var scope = _services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
        return new Publication(scope, db, await db.Database.BeginTransactionAsync(cancellationToken));
    }

    public override ValueTask AddEffectAsync(IServiceProvider scope, string effect, CancellationToken cancellationToken)
    {
        scope.GetRequiredService<ShopDb>().Effects.Add(new Effect { Key = effect });
        return ValueTask.CompletedTask;
    }

    public override async ValueTask<IReadOnlyList<string>> EffectsAsync(CancellationToken cancellationToken)
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ShopDb>().Effects.OrderBy(effect => effect.Id).Select(effect => effect.Key).ToListAsync(cancellationToken);
    }

    public override async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    private sealed class Publication(AsyncServiceScope scope, ShopDb db, IDbContextTransaction transaction) : OpenTransaction
    {
        public override async ValueTask PublishAsync(string key, int number, CancellationToken cancellationToken)
        {
            db.Outbox.Publish(number, key);
            await db.SaveChangesAsync(cancellationToken);
        }

        public override async ValueTask CommitAsync(CancellationToken cancellationToken) => await transaction.CommitAsync(cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await scope.DisposeAsync();
        }
    }
}

[JsonSerializable(typeof(int))]
internal sealed partial class NumberJson : JsonSerializerContext;
