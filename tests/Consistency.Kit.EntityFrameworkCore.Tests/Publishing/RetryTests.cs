using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

public sealed class RetryTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_save_that_is_retried_publishes_once(bool sync, bool failAtCommit)
    {
        var failure = new FailsOnce();
        await using var publisher = await Publisher.StartAsync(Engine.Postgres, options =>
        {
            options.RetryOnFailure();
            options.AddInterceptors(failure);
        });
        await using var scope = publisher.Open(out var db);
        var zebra = new Zebra { Stripes = [new Stripe()] };
        db.Add(zebra);
        db.Apples.Add(new Apple());
        db.Place(1);
        db.Outbox.Publish(zebra, z => new InvoiceWritten(z.Id, z.Stripes[0].Id), z => "k");
        db.Place(2);
        failure.Arm(failAtCommit);
        await db.SaveAsync(sync);

        Assert.Equal(1, failure.Failures);
        Assert.Equal([1, 2], await publisher.NumbersAsync());
        Assert.Equal([new InvoiceWritten(zebra.Id, zebra.Stripes[0].Id)], await publisher.InvoicesAsync());
        Assert.Equal((1, 1), (await publisher.CountAsync<Apple>(), await publisher.CountAsync<Zebra>()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_retried_transaction_publishes_once(bool publishInside)
    {
        var failure = new FailsOnce();
        await using var publisher = await Publisher.StartAsync(Engine.Postgres, options =>
        {
            options.RetryOnFailure();
            options.AddInterceptors(failure);
        });
        await using var scope = publisher.Open(out var db);
        if (!publishInside)
        {
            db.Apples.Add(new Apple());
            db.Place(1);
        }

        failure.Arm(atCommit: true);
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            if (publishInside)
            {
                db.ChangeTracker.Clear();
                db.Apples.Add(new Apple());
                db.Place(1);
            }

            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.SaveChangesAsync(acceptAllChangesOnSuccess: publishInside);
            await transaction.CommitAsync();
        });
        db.ChangeTracker.AcceptAllChanges();

        Assert.Equal(1, failure.Failures);
        Assert.Equal([1], await publisher.NumbersAsync());
        Assert.Equal(1, await publisher.CountAsync<Apple>());
    }

    [Fact]
    public async Task A_connection_that_breaks_between_saves_costs_no_message_and_doubles_none()
    {
        var server = await SharedPostgres.GetAsync();
        Assert.SkipWhen(server.Port is null, "The proxy needs the server's port.");
        await using var proxy = TcpProxy.Start("127.0.0.1", server.Port!.Value);
        await using var publisher = await Publisher.StartAsync(Engine.Postgres, options =>
        {
            options.RetryOnFailure();
            var through = new NpgsqlConnectionStringBuilder(options.Options.Extensions.OfType<Microsoft.EntityFrameworkCore.Infrastructure.RelationalOptionsExtension>().Single().ConnectionString) { Port = proxy.Port };
            options.UseNpgsql(through.ConnectionString);
            options.RetryOnFailure();
        });
        for (var number = 1; number <= 5; number++)
        {
            await using var scope = publisher.Open(out var db);
            await db.Database.OpenConnectionAsync();
            await db.Database.CloseConnectionAsync();
            proxy.Cut();
            proxy.Restore();
            db.Apples.Add(new Apple());
            db.Place(number);
            await db.SaveChangesAsync();
        }

        Assert.Equal([1, 2, 3, 4, 5], await publisher.NumbersAsync());
        Assert.Equal(5, await publisher.CountAsync<Apple>());
    }

    /// <summary>Throws what the strategy takes for transient: once, after the business rows or just before a commit.</summary>
    private sealed class FailsOnce : DbCommandInterceptor, IDbTransactionInterceptor
    {
        private bool _atCommit;
        private bool _armed;

        public int Failures { get; private set; }

        public void Arm(bool atCommit) => (_armed, _atCommit) = (true, atCommit);

        public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
        {
            Fail(atCommit: false);
            return result;
        }

        public override ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(ReaderExecuted(command, eventData, result));

        public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
        {
            Fail(atCommit: true);
            return result;
        }

        public ValueTask<InterceptionResult> TransactionCommittingAsync(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(TransactionCommitting(transaction, eventData, result));

        private void Fail(bool atCommit)
        {
            if (_armed && _atCommit == atCommit)
            {
                _armed = false;
                Failures++;
                throw new NpgsqlException("The connection broke.", new IOException());
            }
        }
    }
}
