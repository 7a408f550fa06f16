using System.Data;
using System.Data.Common;
using System.Text.Json.Serialization;
using Consistency.Kit.EntityFrameworkCore.Tests.Publishing;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Tcc;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Tcc;

/// <summary>A barrier under each isolation, inside transactions of others, and under a strategy that repeats.</summary>
public sealed partial class BarrierRaceTests
{
    private const int Races = 20;

    [Theory]
    [InlineData(IsolationLevel.ReadCommitted, "read committed")]
    [InlineData(IsolationLevel.RepeatableRead, "repeatable read")]
    [InlineData(IsolationLevel.Serializable, "serializable")]
    public async Task A_cancel_that_races_its_try_leaves_nothing_and_no_error(IsolationLevel isolation, string name)
    {
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var services = await ServicesAsync(database, options =>
        {
            database.Configure(options);
            options.AddInterceptors(new Isolation(isolation));
        });
        await UseAsync(services, db => db.Barrier.RunAsync(new BranchCall("seen", "b", BranchOperation.Try), async token =>
            Assert.Equal(name, await db.Database.SqlQueryRaw<string>("SELECT current_setting('transaction_isolation') AS \"Value\"").SingleAsync(token))));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, Races).Select(number => Task.Run(async () =>
        {
            var tried = MoveAsync(services, $"{number}", BranchOperation.Try, -1);
            var cancelled = MoveAsync(services, $"{number}", BranchOperation.Cancel, 1);
            return (await tried, await cancelled);
        })));
        Assert.All(outcomes, outcome => Assert.True(
            outcome is (BranchOutcome<bool>.Done, BranchOutcome<bool>.Done) or (BranchOutcome<bool>.Superseded, BranchOutcome<bool>.Empty),
            $"{outcome}"));
        Assert.Equal(100, await BalanceAsync(services));
    }

    [Fact]
    public async Task A_cancel_waits_for_its_try_and_takes_back_what_it_reserved()
    {
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var services = await ServicesAsync(database, database.Configure);
        var (inside, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var tried = UseAsync(services, db => db.Barrier.RunAsync(new BranchCall("t", "b", BranchOperation.Try), async token =>
        {
            await ChangeAsync(db, -1, token);
            inside.SetResult();
            await go.Task;
        }));
        await inside.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var cancelled = MoveAsync(services, "t", BranchOperation.Cancel, 1);
        await Eventually.UntilAsync(
            async () => await UseAsync(services, db => db.Database.SqlQueryRaw<int>("SELECT count(*)::int AS \"Value\" FROM pg_locks WHERE NOT granted").SingleAsync()) > 0,
            TimeSpan.FromSeconds(60),
            "the cancel waits");
        Assert.False(cancelled.IsCompleted);
        go.SetResult();
        Assert.IsType<BranchOutcome<bool>.Done>(await tried);
        Assert.IsType<BranchOutcome<bool>.Done>(await cancelled);
        Assert.Equal(100, await BalanceAsync(services));
    }

    [Theory]
    [InlineData(Engine.Postgres, true)]
    [InlineData(Engine.Postgres, false)]
    [InlineData(Engine.Sqlite, true)]
    [InlineData(Engine.Sqlite, false)]
    [InlineData(Engine.PortablePostgres, true)]
    [InlineData(Engine.PortableSqlite, false)]
    public async Task A_call_that_joins_a_transaction_is_committed_or_not_by_its_owner(Engine engine, bool commits)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = await ServicesAsync(database, database.Configure, database.IsPortable);
        await UseAsync(services, async db =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            Assert.IsType<BranchOutcome<bool>.Done>(await db.Barrier.RunAsync(new BranchCall("t", "b", BranchOperation.Try), token => ChangeAsync(db, -1, token)));
            Assert.IsType<BranchOutcome<bool>.Repeated>(await db.Barrier.RunAsync(new BranchCall("t", "b", BranchOperation.Try), token => ChangeAsync(db, -1, token)));
            Assert.NotNull(db.Database.CurrentTransaction);
            if (commits)
            {
                await transaction.CommitAsync();
            }

            return true;
        });
        Assert.Equal(commits ? 99 : 100, await BalanceAsync(services));
        var cancelled = await MoveAsync(services, "t", BranchOperation.Cancel, 1);
        Assert.IsType(commits ? typeof(BranchOutcome<bool>.Done) : typeof(BranchOutcome<bool>.Empty), cancelled);
        Assert.Equal(100, await BalanceAsync(services));
    }

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.PortablePostgres)]
    public async Task A_retrying_strategy_runs_the_effect_again_in_a_new_transaction_and_once_in_the_end(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = await ServicesAsync(
            database,
            options =>
            {
                database.Configure(options);
                options.RetryOnFailure();
            },
            database.IsPortable);
        var runs = 0;
        var outcome = await UseAsync(services, db => db.Barrier.RunAsync(new BranchCall("t", "b", BranchOperation.Try), async token =>
        {
            await ChangeAsync(db, -1, token);
            if (++runs < 3)
            {
                throw new NpgsqlException("The connection broke.", new IOException());
            }
        }));
        Assert.IsType<BranchOutcome<bool>.Done>(outcome);
        Assert.Equal((3, 99), (runs, await BalanceAsync(services)));
        Assert.IsType<BranchOutcome<bool>.Repeated>(await MoveAsync(services, "t", BranchOperation.Try, -1));
        Assert.Equal(99, await BalanceAsync(services));
    }

    /// <summary>Begins every transaction with this isolation, as an application may.</summary>
    private sealed class Isolation(IsolationLevel level) : DbTransactionInterceptor
    {
        public override async ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
            DbConnection connection,
            TransactionStartingEventData eventData,
            InterceptionResult<DbTransaction> result,
            CancellationToken cancellationToken = default) =>
            InterceptionResult<DbTransaction>.SuppressWithResult(await connection.BeginTransactionAsync(level, cancellationToken));
    }

    private static async Task<ServiceProvider> ServicesAsync(Database database, Action<DbContextOptionsBuilder> configure, bool portable = false)
    {
        var services = new ServiceCollection()
            .AddDbContext<ShopDb>(configure)
            .AddConsistencyKit(kit => kit.UseEntityFrameworkCore<ShopDb>(options => options.Portable = portable).UseJson(BarrierJson.Default))
            .BuildServiceProvider();
        await UseAsync(services, async db =>
        {
            await db.Database.EnsureConsistencyKitCreatedAsync();
            db.Orders.Add(new Order { Version = 100 });
            return await db.SaveChangesAsync();
        });
        return services;
    }

    private static async Task<T> UseAsync<T>(ServiceProvider services, Func<ShopDb, Task<T>> work)
    {
        await using var scope = services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<ShopDb>());
    }

    private static Task<BranchOutcome<bool>> MoveAsync(ServiceProvider services, string transaction, BranchOperation operation, int change) =>
        UseAsync(services, db => db.Barrier.RunAsync(new BranchCall(transaction, "b", operation), token => ChangeAsync(db, change, token)));

    private static Task<int> ChangeAsync(ShopDb db, int change, CancellationToken cancellationToken) =>
        db.Orders.ExecuteUpdateAsync(set => set.SetProperty(order => order.Version, order => order.Version + change), cancellationToken);

    private static Task<int> BalanceAsync(ServiceProvider services) => UseAsync(services, db => db.Orders.Select(order => order.Version).SingleAsync());

    [JsonSerializable(typeof(bool))]
    private sealed partial class BarrierJson : JsonSerializerContext;
}
