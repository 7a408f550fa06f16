using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Relaying;

/// <summary>Transactions that take their positions early and commit late, in every way PostgreSQL offers.</summary>
public sealed class LateWriterTests
{
    private const string Insert =
        """
        INSERT INTO consistency_outbox (position, shard, id, aggregatetype, aggregateid, type, payload, published_at)
        OVERRIDING SYSTEM VALUE
        VALUES ($1, $2, gen_random_uuid(), 'orders', $3, 'order-placed.v1', convert_to('{"OrderId":"00000000-0000-0000-0000-000000000000","Number":1}', 'UTF8'), now())
        """;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_transaction_that_stays_open_keeps_nobody_waiting_and_its_own_messages_go_out_in_order_after_it()
    {
        using var finds = new SweepFinds();
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var shop = await HandlingShop.StartAsync(database);
        await using var scope = shop.Services.CreateAsyncScope();
        var slow = scope.ServiceProvider.GetRequiredService<ShopDb>();
        await using var transaction = await slow.Database.BeginTransactionAsync();
        slow.Outbox.Publish(new OrderPlaced(Guid.Empty, 1), "slow");
        await slow.SaveChangesAsync();

        // Well past the patience of one second; each of the others' messages goes out while it is open.
        var opened = TimeProvider.System.GetTimestamp();
        var count = 0;
        for (; TimeProvider.System.GetElapsedTime(opened) < TimeSpan.FromSeconds(3); count++)
        {
            await shop.PublishAsync("quick", count);
            await Eventually.UntilAsync(async () => (await shop.EffectsAsync("quick")).Count == count + 1, Soon, "a message beside the open transaction");
        }

        Assert.Empty(await shop.EffectsAsync("slow"));
        slow.Outbox.Publish(new OrderPlaced(Guid.Empty, 2), "slow");
        await slow.SaveChangesAsync();
        await transaction.CommitAsync();
        await shop.PublishAsync("slow", 3);
        await shop.HasDoneAsync("slow", 1, 2, 3);
        await shop.HasDoneAsync("quick", [.. Enumerable.Range(0, count)]);
        await NothingSweptAsync(shop, finds);
    }

    [Fact]
    public async Task A_session_that_holds_a_number_without_a_transaction_id_loses_nothing_over_a_take_over()
    {
        using var finds = new SweepFinds();
        await using var database = await Database.CreateAsync(Engine.Postgres);
        var first = await HandlingShop.StartAsync(database);
        await first.PublishAsync("other", -1);
        await using var session = new NpgsqlConnection(database.ConnectionString);
        await session.OpenAsync();
        await using var transaction = await session.BeginTransactionAsync();

        // As an insert does before it writes: the lock, then the number, and no transaction id yet. (The first number of a sequence, and each
        // 33rd, is logged and so gets one.)
        await ExecuteAsync(session, "LOCK TABLE consistency_outbox IN ROW EXCLUSIVE MODE");
        var position = (long)(await ScalarAsync(session, "SELECT nextval(pg_get_serial_sequence('consistency_outbox', 'position'))"))!;
        Assert.Equal(DBNull.Value, await ScalarAsync(session, "SELECT pg_current_xact_id_if_assigned()::text"));

        for (var number = 0; number < 20; number++)
        {
            await first.PublishAsync("other", number);
        }

        await first.HasDoneAsync("other", [.. Enumerable.Range(-1, 21)]);
        Assert.True(await MarkAsync(first) < position, "A mark has passed a number that was still held.");

        // The next owner knows nothing but the marks.
        await first.DisposeAsync();
        await using var second = await HandlingShop.StartAsync(database);
        await second.PublishAsync("other", 20);
        await second.HasDoneAsync("other", [.. Enumerable.Range(-1, 22)]);
        await using (var insert = new NpgsqlCommand(Insert, session))
        {
            insert.Parameters.Add(new NpgsqlParameter { Value = position });
            insert.Parameters.Add(new NpgsqlParameter { Value = second.Services.GetRequiredService<MessageEncoder>().ShardOf("held") });
            insert.Parameters.Add(new NpgsqlParameter { Value = "held" });
            await insert.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
        await second.HasDoneAsync("held", 1);
        await NothingSweptAsync(second, finds);
    }

    [Fact]
    public async Task Rolled_back_gaps_are_passed()
    {
        using var finds = new SweepFinds();
        await using var database = await Database.CreateAsync(Engine.Postgres);
        await using var shop = await HandlingShop.StartAsync(database);
        for (var number = 0; number < 10; number++)
        {
            await shop.UseAsync(async db =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                db.Outbox.Publish(new OrderPlaced(Guid.Empty, 99), "key");
                await db.SaveChangesAsync();
                await transaction.RollbackAsync();
            });
            await shop.PublishAsync("key", number);
        }

        await shop.HasDoneAsync("key", [.. Enumerable.Range(0, 10)]);
        var last = await shop.UseAsync(db => db.Database.SqlQueryRaw<long>("SELECT pg_sequence_last_value(pg_get_serial_sequence('consistency_outbox', 'position')::regclass) AS \"Value\"").SingleAsync());
        await Eventually.UntilAsync(async () => await MarkAsync(shop) == last, HandlingShop.Patience, "the mark reaches the last position");
        await NothingSweptAsync(shop, finds);
    }

    [Fact]
    public async Task A_prepared_transaction_keeps_its_place_until_it_is_committed()
    {
        using var finds = new SweepFinds();
        await using var server = await PostgresServer.StartAsync(new PostgresServerOptions { Settings = { ["max_prepared_transactions"] = "4" } });
        await using var database = await Database.OnAsync(server);
        await using var shop = await HandlingShop.StartAsync(database);
        await using (var session = new NpgsqlConnection(database.ConnectionString))
        {
            await session.OpenAsync();
            await ExecuteAsync(session, "BEGIN");
            var position = (long)(await ScalarAsync(session, "SELECT nextval(pg_get_serial_sequence('consistency_outbox', 'position'))"))!;
            await using (var insert = new NpgsqlCommand(Insert, session))
            {
                insert.Parameters.Add(new NpgsqlParameter { Value = position });
                insert.Parameters.Add(new NpgsqlParameter { Value = shop.Services.GetRequiredService<MessageEncoder>().ShardOf("prepared") });
                insert.Parameters.Add(new NpgsqlParameter { Value = "prepared" });
                await insert.ExecuteNonQueryAsync();
            }

            await BesideAsync(shop, 0);
            await ExecuteAsync(session, "PREPARE TRANSACTION 'slow'");
            await BesideAsync(shop, 100);
            Assert.True(await MarkAsync(shop) < position, "A mark has passed a prepared transaction.");
            await ExecuteAsync(session, "COMMIT PREPARED 'slow'");
        }

        await shop.HasDoneAsync("prepared", 1);
        await NothingSweptAsync(shop, finds);
    }

    /// <summary>Publishes beside an open transaction until that has outlived the relay's patience and a renewal.</summary>
    private static async Task BesideAsync(Shop shop, int from)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var number = from; TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(2.5); number++)
        {
            await shop.PublishAsync("beside", number);
            await Eventually.UntilAsync(async () => (await shop.EffectsAsync("beside")).LastOrDefault(-1) == number, Soon, "a message beside the open transaction");
        }
    }

    private static Task<long> MarkAsync(Shop shop) => shop.UseAsync(db => db.Database.SqlQueryRaw<long>("SELECT max(mark) AS \"Value\" FROM consistency_outbox_shard").SingleAsync());

    private static async Task NothingSweptAsync(Shop shop, SweepFinds finds)
    {
        await shop.DrainedAsync();
        var sweeps = finds.Sweeps;
        await Eventually.UntilAsync(() => finds.Sweeps > sweeps + 2, HandlingShop.Patience, "more sweeps");
        Assert.Equal(0, finds.Found);
    }

    private static async Task ExecuteAsync(NpgsqlConnection session, string sql)
    {
#pragma warning disable CA2100 // Constants of the tests.
        await using var command = new NpgsqlCommand(sql, session);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection session, string sql)
    {
#pragma warning disable CA2100 // Constants of the tests.
        await using var command = new NpgsqlCommand(sql, session);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
