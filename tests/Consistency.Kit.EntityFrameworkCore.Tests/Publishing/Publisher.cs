using System.Text.Json;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

/// <summary>An application that publishes and never relays: what it wrote stays in the outbox to be looked at.</summary>
public sealed class Publisher : IAsyncDisposable
{
    private readonly Database _database;
    private readonly ServiceProvider _services;

    private Publisher(Database database, ServiceProvider services, SqlLog log)
    {
        _database = database;
        _services = services;
        Log = log;
    }

    public IServiceProvider Services => _services;

    public SqlLog Log { get; }

    public string ConnectionString => _database.ConnectionString;

    public static Task<Publisher> StartAsync(
        Engine engine,
        Action<DbContextOptionsBuilder>? options = null,
        Action<ConsistencyKitBuilder>? kit = null,
        Action<IServiceCollection, Action<DbContextOptionsBuilder>>? register = null) =>
        StartAsync<PublishingDb>(engine, options, kit, register);

    public static async Task<Publisher> StartAsync<TContext>(
        Engine engine,
        Action<DbContextOptionsBuilder>? options = null,
        Action<ConsistencyKitBuilder>? kit = null,
        Action<IServiceCollection, Action<DbContextOptionsBuilder>>? register = null)
        where TContext : PublishingDb
    {
        var database = await Database.CreateAsync(engine);
        var log = new SqlLog();
        var services = new ServiceCollection();
        void Configure(DbContextOptionsBuilder builder)
        {
            database.Configure(builder);
            builder.AddInterceptors(log);
            options?.Invoke(builder);
        }

        if (register is null)
        {
            services.AddDbContext<TContext>(Configure);
        }
        else
        {
            register(services, Configure);
        }

        services.AddConsistencyKit(all =>
        {
            all.UseEntityFrameworkCore<TContext>(ef => ef.Portable = database.IsPortable)
                .UseJson(ShopJson.Default)
                .AddMessage<OrderPlaced>("order-placed.v1", "orders")
                .AddMessage<InvoiceWritten>("invoice-written.v1", "invoices");
            kit?.Invoke(all);
        });
        var publisher = new Publisher(database, services.BuildServiceProvider(validateScopes: true), log);
        await using (publisher.Open(out TContext db))
        {
            await db.Database.EnsureConsistencyKitCreatedAsync();
        }

        log.Clear();
        return publisher;
    }

    public AsyncServiceScope Open(out PublishingDb db) => Open<PublishingDb>(out db);

    public AsyncServiceScope Open<TContext>(out TContext db)
        where TContext : DbContext
    {
        var scope = _services.CreateAsyncScope();
        db = scope.ServiceProvider.GetRequiredService<TContext>();
        return scope;
    }

    /// <summary>The numbers of the order messages in the outbox, by position.</summary>
    public async Task<List<int>> NumbersAsync() => (await OrdersAsync()).ConvertAll(order => order.Number);

    public async Task<List<OrderPlaced>> OrdersAsync() =>
        (await RowsAsync()).Where(row => row.Type == "order-placed.v1").Select(row => JsonSerializer.Deserialize(row.Payload, ShopJson.Default.OrderPlaced)!).ToList();

    internal async Task<List<InvoiceWritten>> InvoicesAsync() =>
        (await RowsAsync()).Where(row => row.Type == "invoice-written.v1").Select(row => JsonSerializer.Deserialize(row.Payload, ShopJson.Default.InvoiceWritten)!).ToList();

    internal async Task<List<OutboxRow>> RowsAsync()
    {
        await using var scope = Open(out var db);
        return await db.Set<OutboxRow>().AsNoTracking().OrderBy(row => row.Position).ToListAsync();
    }

    public async Task<int> CountAsync<T>()
        where T : class
    {
        await using var scope = Open(out var db);
        return await db.Set<T>().CountAsync();
    }

    /// <summary>Nothing of the business and nothing of the outbox was saved.</summary>
    public async Task AssertNothingSavedAsync()
    {
        Assert.Empty(await RowsAsync());
        Assert.Equal(0, await CountAsync<Apple>());
        Assert.Equal(0, await CountAsync<Zebra>());
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }
}

public static class PublishingExtensions
{
    /// <summary>Publishes a numbered message of a key.</summary>
    public static void Place(this DbContext db, int number, string key = "k") => db.Outbox.Publish(new OrderPlaced(Guid.Empty, number), key);

    /// <summary>Async or not: every promise holds for both.</summary>
    public static Task<int> SaveAsync(this DbContext db, bool sync, bool accept = true) =>
        sync ? Task.FromResult(db.SaveChanges(accept)) : db.SaveChangesAsync(accept);

    /// <summary>The retrying strategy of PostgreSQL, without long waits.</summary>
    public static void RetryOnFailure(this DbContextOptionsBuilder options) =>
        new NpgsqlDbContextOptionsBuilder(options).EnableRetryOnFailure(5, TimeSpan.FromMilliseconds(10), null);
}
