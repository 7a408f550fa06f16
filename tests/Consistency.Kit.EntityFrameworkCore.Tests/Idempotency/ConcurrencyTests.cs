using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Idempotency;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Idempotency;

public sealed class ConcurrencyTests
{
    private const int Callers = 200;

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task Of_many_identical_requests_to_two_instances_one_runs_and_all_end_with_its_result(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var one = await KeyedShop.StartAsync(database);
        await using var two = await KeyedShop.StartAsync(database);
        using var room = new SemaphoreSlim(40);
        var executed = 0;
        var results = await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            var result = Guid.Empty;
            await Eventually.UntilAsync(
                async () =>
                {
                    await room.WaitAsync();
                    try
                    {
                        var outcome = await (caller % 2 == 0 ? one : two).PlaceAsync(KeyedShop.Key());
                        Interlocked.Add(ref executed, outcome is IdempotentResult<Guid>.Executed ? 1 : 0);
                        Assert.IsNotType<IdempotentResult<Guid>.Mismatched>(outcome);
                        result = outcome is IdempotentResult<Guid>.InProgress ? Guid.Empty : outcome.Value;
                        return result != Guid.Empty;
                    }
                    catch (Exception exception)
                    {
                        throw new InvalidOperationException("A repeat is told something, never an exception.", exception);
                    }
                    finally
                    {
                        room.Release();
                    }
                },
                KeyedShop.Patience,
                "every caller has a result");
            return result;
        })));
        Assert.Equal(1, executed);
        Assert.Single(results.Distinct());
        Assert.Equal((1, 1, 1), await one.CountAsync());
    }

    [Fact]
    public async Task Where_readers_wait_for_writers_a_look_that_waits_too_long_finds_the_request_running()
    {
        await using var database = await Database.CreateAsync(Engine.PortablePostgres);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.UseAsync(async other =>
        {
            await using var transaction = await other.Database.BeginTransactionAsync();
            await other.Database.ExecuteSqlAsync($"LOCK TABLE consistency_idempotency IN ACCESS EXCLUSIVE MODE");
            Assert.IsType<IdempotentResult<Guid>.InProgress>(await shop.UseAsync(db =>
            {
                db.Database.SetCommandTimeout(TimeSpan.FromSeconds(1));
                return db.PlaceAsync(KeyedShop.Key());
            }));
            return 0;
        });
        Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task Different_keys_at_once_all_run(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Task.Run(() => shop.PlaceAsync(KeyedShop.Key($"k{number}")))));
        Assert.All(outcomes, outcome => Assert.IsType<IdempotentResult<Guid>.Executed>(outcome));
        Assert.Equal((20, 20, 20), await shop.CountAsync());
    }

    [Theory]
    [MemberData(nameof(KeyedShop.Engines), MemberType = typeof(KeyedShop))]
    public async Task While_the_work_runs_a_repeat_to_the_same_instance_is_told_at_once(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await KeyedShop.StartAsync(database);
        await shop.PlaceAsync(KeyedShop.Key(), also: async _ => Assert.IsType<IdempotentResult<Guid>.InProgress>(await shop.PlaceAsync(KeyedShop.Key())));
        Assert.IsType<IdempotentResult<Guid>.Replayed>(await shop.PlaceAsync(KeyedShop.Key()));
    }

    [Fact]
    public async Task On_PostgreSQL_a_repeat_to_another_instance_is_told_at_once_too_and_other_keys_run()
    {
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var one = await KeyedShop.StartAsync(database);
        await using var two = await KeyedShop.StartAsync(database);
        await one.PlaceAsync(KeyedShop.Key(), also: async _ =>
        {
            Assert.IsType<IdempotentResult<Guid>.InProgress>(await two.PlaceAsync(KeyedShop.Key()));
            Assert.IsType<IdempotentResult<Guid>.Executed>(await two.PlaceAsync(KeyedShop.Key("l")));
        });
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PortableSqlite)]
    [InlineData(Engine.PortablePostgres)]
    public async Task A_repeat_that_waited_in_vain_for_another_instance_is_told_that_it_is_running(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var one = await KeyedShop.StartAsync(database);
        await using var two = await KeyedShop.StartAsync(database);
        await one.PlaceAsync(KeyedShop.Key(), also: async _ => Assert.IsType<IdempotentResult<Guid>.InProgress>(await two.UseAsync(db =>
        {
            db.Database.SetCommandTimeout(TimeSpan.FromSeconds(1));
            if (engine != Engine.PortablePostgres)
            {
                // Its BEGIN waits as long as the connection's default says.
                db.Database.SetConnectionString(database.ConnectionString + ";Default Timeout=1");
            }

            return db.PlaceAsync(KeyedShop.Key());
        })));
        Assert.IsType<IdempotentResult<Guid>.Replayed>(await two.PlaceAsync(KeyedShop.Key()));
    }

    [Fact]
    public async Task A_look_that_waits_for_a_writer_in_vain_says_that_it_is_running()
    {
        await using var database = await Database.CreateAsync(Engine.PortablePostgres);
        await using var shop = await KeyedShop.StartAsync(database);
        await using (await LockAsync(database))
        {
            Assert.IsType<IdempotentResult<Guid>.InProgress>(await shop.UseAsync(HastyAsync));
        }

        Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
    }

    [Fact]
    public async Task In_a_transaction_of_the_callers_such_a_wait_is_an_error_for_the_transaction_is_lost_with_it()
    {
        await using var database = await Database.CreateAsync(Engine.PortablePostgres);
        await using var shop = await KeyedShop.StartAsync(database);
        await using (await LockAsync(database))
        {
            await shop.UseAsync(async db =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                await Assert.ThrowsAnyAsync<Exception>(() => HastyAsync(db));
            });
        }
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_an_error_and_not_a_request_that_is_running()
    {
        await using var database = await Database.CreateAsync(Engine.PortablePostgres);
        await using var shop = await KeyedShop.StartAsync(database);
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var address = (System.Net.IPEndPoint)silent.LocalEndpoint;
        await Assert.ThrowsAnyAsync<Exception>(() => shop.UseAsync(db =>
        {
            db.Database.SetConnectionString($"{database.ConnectionString};Host=127.0.0.1;Port={address.Port};Timeout=1;Command Timeout=1;Pooling=false");
            return db.PlaceAsync(KeyedShop.Key());
        }));
        Assert.IsType<IdempotentResult<Guid>.Executed>(await shop.PlaceAsync(KeyedShop.Key()));
    }

    private static Task<IdempotentResult<Guid>> HastyAsync(ShopDb db)
    {
        db.Database.SetCommandTimeout(TimeSpan.FromSeconds(1));
        return db.PlaceAsync(KeyedShop.Key());
    }

    private static async Task<NpgsqlConnection> LockAsync(Database database)
    {
        var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "BEGIN; LOCK TABLE consistency_idempotency IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
