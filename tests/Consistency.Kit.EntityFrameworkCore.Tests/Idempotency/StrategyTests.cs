using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Tests.Publishing;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

/// <summary>A retrying execution strategy around work that must not be retried.</summary>
public sealed class StrategyTests
{
    [Theory]
    [InlineData(Engine.Postgres, "save")]
    [InlineData(Engine.Postgres, "commit")]
    [InlineData(Engine.Postgres, "after")]
    [InlineData(Engine.PortablePostgres, "save")]
    [InlineData(Engine.PortablePostgres, "commit")]
    [InlineData(Engine.PortablePostgres, "after")]
    public async Task A_transient_failure_after_the_work_began_reaches_the_caller_and_runs_nothing_again(Engine engine, string where)
    {
        var failure = new FailsOnce();
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database, failure);
        var runs = 0;
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => shop.UseAsync(db => db.Idempotency.ExecuteAsync(KeyedShop.Key(), async token =>
        {
            runs++;
            failure.Where = where;
            db.Orders.Add(new Order());
            try
            {
                await db.SaveChangesAsync(token);
            }
            catch (DbUpdateException wrapped) when (wrapped.InnerException is NpgsqlException inner)
            {
                throw inner;
            }

            return where == "after" ? throw FailsOnce.Transient() : 1;
        })));
        Assert.Equal(1, runs);
        Assert.Equal((0, 0, 0), await shop.CountAsync());
        failure.Where = "";
        Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
    }

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.PortablePostgres)]
    public async Task A_transient_failure_before_the_work_is_retried(Engine engine)
    {
        var failure = new FailsOnce();
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database, failure);
        failure.Where = "begin";
        Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
        Assert.Equal("", failure.Where);
        Assert.Equal((1, 1, 1), await shop.CountAsync());
    }

    [Theory]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.PortablePostgres)]
    public async Task Everything_works_under_a_retrying_strategy(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await StartAsync(database, new FailsOnce());
        var first = await shop.PlaceAsync(KeyedShop.Key());
        Assert.Equal(first.Value, Assert.IsType<IdempotentResult<Guid>.Replayed>(await shop.PlaceAsync(KeyedShop.Key())).Result);
        await shop.UseAsync(db => db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.PlaceAsync(KeyedShop.Key("joined"));
            await transaction.CommitAsync();
        }));
        await shop.UseAsync(db => db.Idempotency.ExecuteWithPointsAsync(KeyedShop.Key("points"), Fingerprint.None, async (attempt, token) =>
        {
            db.Orders.Add(new Order());
            attempt.Reach("saved", 1);
            return await db.SaveChangesAsync(token);
        }));
        Assert.Equal((3, 2, 3), await shop.CountAsync());
    }

    private static Task<Shop> StartAsync(Database database, FailsOnce failure) => KeyedShop.StartAsync(database, services => services.ConfigureDbContext<ShopDb>(options =>
    {
        options.RetryOnFailure();
        options.AddInterceptors(failure);
    }));

    /// <summary>Throws once what the strategy takes for transient.</summary>
    private sealed class FailsOnce : DbCommandInterceptor, IDbTransactionInterceptor
    {
        internal string Where { get; set; } = "";

        internal static NpgsqlException Transient() => new("The connection broke.", new IOException());

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            FailAt("save");
            return ValueTask.FromResult(result);
        }

        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            FailAt("save");
            return ValueTask.FromResult(result);
        }

        public ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result, CancellationToken cancellationToken = default)
        {
            FailAt("begin");
            return ValueTask.FromResult(result);
        }

        public ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            FailAt("commit");
            return ValueTask.FromResult(result);
        }

        private void FailAt(string where)
        {
            if (Where == where)
            {
                Where = "";
                throw Transient();
            }
        }
    }
}
