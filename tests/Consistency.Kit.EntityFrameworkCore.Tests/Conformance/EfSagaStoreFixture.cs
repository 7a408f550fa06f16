using Consistency.Kit.Conformance.Sagas;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>Instances of an application on one empty database.</summary>
internal sealed class EfSagaStoreFixture : SagaStoreFixture
{
    private readonly Database _database;
    private readonly List<IHost> _hosts = [];

    private EfSagaStoreFixture(Database database) => _database = database;

    public override bool IsShared => true;

    public override bool JoinsTransactions => true;

    internal static async ValueTask<SagaStoreFixture> CreateAsync(Engine engine) => new EfSagaStoreFixture(await Database.CreateAsync(engine));

    public override async Task<IHost> StartAsync(Action<ConsistencyKitBuilder> configure)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddDbContext<ShopDb>(_database.Configure);
        builder.Services.AddConsistencyKit(kit => configure(kit.UseEntityFrameworkCore<ShopDb>(options => options.Portable = _database.IsPortable)));
        var host = builder.Build();
        _hosts.Add(host);
        await using (var scope = host.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<ShopDb>().Database.EnsureConsistencyKitCreatedAsync();
        }

        await host.StartAsync();
        return host;
    }

    public override void AddEffect(IServiceProvider scope, string effect) => scope.GetRequiredService<ShopDb>().Effects.Add(new Effect { Key = effect });

    public override async Task<IReadOnlyList<string>> EffectsAsync()
    {
        await using var scope = _hosts[0].Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<ShopDb>().Effects.OrderBy(effect => effect.Id).Select(effect => effect.Key).ToListAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        _hosts.ForEach(host => host.Dispose());
        await _database.DisposeAsync();
    }
}
