using System.Text;
using Consistency.Kit.Architecture.Tests.Support;
using Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.SqlServer;

/// <summary>Idempotency keys on SQL Server, read instead of run.</summary>
public sealed class GeneratedKeySqlTests
{
    private readonly StringBuilder _text = new();
    private readonly NoServer _server = new();

    [Fact]
    public async Task The_SQL_of_keys_for_SQL_Server_is_the_approved_one()
    {
        var services = new ServiceCollection();
        services.AddDbContext<KeyedDb>(options => options.UseSqlServer(new NoServer.Connection()).AddInterceptors(_server));
        services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<KeyedDb>().UseJson(KeyedJson.Default));
        await using var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredService<IdempotencyStore>();
        var key = new IdempotencyKey("k", "POST /orders", "ann");
        var request = new IdempotencyRequest { Key = key, Fingerprint = Fingerprint.None, Lease = TimeSpan.FromSeconds(30), Retention = TimeSpan.FromHours(24) };
        var lease = new AttemptLease(key, 1, request.Retention);
        await WriteAsync("Keys: begin", async () => Assert.IsType<IdempotencyClaim.Started>(await store.Claims.TryBeginAsync(request, default)));
        await WriteAsync("Keys: take over", () => BeginAsync(store, request, leased: false, remembered: true));
        await WriteAsync("Keys: begin again past the retention", () => BeginAsync(store, request, leased: false, remembered: false));
        await WriteAsync("Keys: renew", async () => await store.Claims.RenewAsync(lease, request.Lease, default));
        await WriteAsync("Keys: save points", async () => await store.Claims.SavePointsAsync(lease, "{}"u8.ToArray(), default));
        await WriteAsync("Keys: answer", async () => await store.Claims.CompleteAsync(lease, "answer"u8.ToArray(), default));
        await WriteAsync("Keys: let go", async () => await store.Claims.ReleaseAsync(lease, default));
        await WriteAsync("Keys: collect", async () => await store.Expiry!.CollectAsync(100, default));
        await WriteAsync("Keys: one transaction with the work", () => ExecuteAsync(provider, key, look: null));
        await WriteAsync("Keys: one transaction with the work, past the retention", () => ExecuteAsync(provider, key, NoServer.Row(3L, new byte[32], null, null, DateTime.UnixEpoch, DateTime.UnixEpoch)));
        await WriteAsync("Keys: in the caller's transaction", async () =>
        {
            await using var scope = provider.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<KeyedDb>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Idempotency.ExecuteAsync(key, token => SaveAsync(db, token));
            await transaction.CommitAsync();
        });
        await WriteAsync("Keys: a save that depends on a claim", async () =>
        {
            await using var scope = provider.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<KeyedDb>();
            await db.Idempotency.ExecuteWithPointsAsync(key, Fingerprint.None, (_, token) => SaveAsync(db, token));
        });
        Approval.Verify("tests/Consistency.Kit.EntityFrameworkCore.Tests/SqlServer/Keys.approved.sql", _text.ToString());
    }

    /// <summary>Meets a row in the order of the columns that EF asks for: key, answer, begun, completed, epoch, expires, fingerprint, lease, operation, points.</summary>
    private async Task BeginAsync(IdempotencyStore store, IdempotencyRequest request, bool leased, bool remembered)
    {
        DateTime Time(bool isAhead) => isAhead ? DateTime.MaxValue : DateTime.UnixEpoch;
        _server.Meet(NoServer.Row(request.Key.Hash.ToArray(), null, DateTime.UnixEpoch, null, 1L, Time(remembered), new byte[32], Time(leased), "POST /orders", null));
        Assert.IsType<IdempotencyClaim.Started>(await store.Claims.TryBeginAsync(request, default));
    }

    private async Task ExecuteAsync(ServiceProvider provider, IdempotencyKey key, System.Data.DataTable? look)
    {
        if (look is not null)
        {
            _server.Meet(look);
        }

        await using var scope = provider.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<KeyedDb>();
        Assert.IsType<IdempotentResult<int>.Executed>(await db.Idempotency.ExecuteAsync(key, token => SaveAsync(db, token)));
    }

    private static Task<int> SaveAsync(KeyedDb db, CancellationToken cancellationToken)
    {
        db.Add(new Thing());
        return db.SaveChangesAsync(cancellationToken);
    }

    private async Task WriteAsync(string title, Func<Task> work)
    {
        _server.Take();
        await work();
        _text.AppendLine("-- " + title);
        foreach (var statement in _server.Take())
        {
            _text.AppendLine(statement).AppendLine();
        }
    }

    public sealed class KeyedDb(DbContextOptions<KeyedDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Thing>().ToTable("thing").Property(thing => thing.Id).ValueGeneratedNever();
    }

    public sealed class Thing
    {
        public Guid Id { get; set; } = Guid.CreateVersion7();
    }
}
