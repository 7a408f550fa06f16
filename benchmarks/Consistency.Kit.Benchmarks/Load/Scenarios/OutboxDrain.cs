using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>How fast a relay empties an outbox in which much has piled up.</summary>
internal sealed class OutboxDrain : IScenario
{
    private const int Few = 200_000;
    private const int Many = 1_000_000;
    private const int Measured = 100_000;
    private const int HandBatch = 1_000;

    public string Name => "outbox-drain";

    public string Summary => "a backlog to a transport that only counts: the kit against an ordered select and delete by hand, few rows against many, with and without an old snapshot";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var kitDatabase = await context.CreateDatabaseAsync("kit", cancellationToken);
        var kit = new Backlog(kitDatabase, "consistency_outbox");
        using (var setUp = await WithKitAsync(kitDatabase, new CountingTransport(0, 1)))
        {
            await kit.PrepareAsync(Many, setUp.Services.GetRequiredService<MessageEncoder>().ShardOf);
        }

        if (context.Runs("raw"))
        {
            await AgainstHandAsync(context, kitDatabase, kit, cancellationToken);
        }

        if (context.Runs("backlog"))
        {
            // The rate of the first rows, while nearly all the others still wait behind them.
            var many = new Side("many rows", () => DrainAsync(context, kitDatabase, kit, Many, 0, Measured, toTheEnd: false));
            var few = new Side("few rows", () => DrainAsync(context, kitDatabase, kit, Few, 0, Measured, toTheEnd: false));
            var alternation = await Alternation.RunAsync(context.Options.Pairs, [many, few], cancellationToken);
            alternation.PrintRatio("backlog_ratio", many, few);
            alternation.PrintRate("drained_of_1000000_per_s", many);
            alternation.PrintRate("drained_of_200000_per_s", few);
        }

        if (context.Runs("snapshot"))
        {
            // The rate of the second half, behind the dead rows of the first.
            var old = new Side("old snapshot", () => WithOldSnapshotAsync(kitDatabase, () => DrainAsync(context, kitDatabase, kit, 2 * Measured, Measured, 2 * Measured, toTheEnd: true)));
            var none = new Side("no snapshot", () => DrainAsync(context, kitDatabase, kit, 2 * Measured, Measured, 2 * Measured, toTheEnd: true));
            var alternation = await Alternation.RunAsync(context.Options.Pairs, [old, none], cancellationToken);
            alternation.PrintRatio("old_snapshot_ratio", old, none);
            alternation.PrintRate("old_snapshot_drained_per_s", old);
        }

        if (context.Runs("peak"))
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            var drain = DrainAsync(context, kitDatabase, kit, Many, 0, Many, toTheEnd: true);
            Report.Value("drain_peak_mb", await MemoryPeak.DuringAsync(drain));
            Report.Value("drained_all_1000000_per_s", (await drain).PerSecond);
        }
    }

    private static async Task AgainstHandAsync(LoadContext context, Database kitDatabase, Backlog kit, CancellationToken cancellationToken)
    {
        var handDatabase = await context.CreateDatabaseAsync("hand", cancellationToken);
        using var hand = await Shops.ByHandAsync(handDatabase);
        var backlog = new Backlog(handDatabase, HandOutboxRow.Table);
        await backlog.PrepareAsync(Few, static key => key[^1] % 16);
        var byKit = new Side("kit", () => DrainAsync(context, kitDatabase, kit, Few, 0, Few, toTheEnd: true));
        var byHand = new Side("by hand", async () =>
        {
            await backlog.FillAsync(Few);
            var sample = await context.Meter.MeasureAsync(() => DrainByHandAsync(handDatabase));
            await backlog.ExpectEmptyAsync();
            return sample;
        });
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [byKit, byHand], cancellationToken);
        alternation.PrintRatio("raw_ratio", byKit, byHand);
        alternation.PrintRate("drained_per_s", byKit);
        alternation.PrintRate("hand_drained_per_s", byHand);
        alternation.PrintCpu("drain_kit", byKit);
        alternation.PrintCpu("drain_hand", byHand);
    }

    /// <summary>Fills the outbox, starts an instance, and takes the rate from one count of messages to another, or until all rows are deleted.</summary>
    private static async Task<Sample> DrainAsync(LoadContext context, Database database, Backlog backlog, int rows, int from, int target, bool toTheEnd)
    {
        await backlog.FillAsync(rows);
        var transport = new CountingTransport(from, target);
        using var host = await WithKitAsync(database, transport);
        var counted = 0L;
        var elapsed = TimeSpan.Zero;
        var sample = await context.Meter.MeasureAsync(async () =>
        {
            await host.StartAsync();
            await transport.Reached;
            (counted, elapsed) = (transport.Counted, transport.UntilReached);

            // A clean stop waits until what was sent is deleted.
            await host.StopAsync();
            return transport.Counted;
        });
        if (!toTheEnd)
        {
            return sample with { Operations = counted, Elapsed = elapsed };
        }

        elapsed = transport.UntilNow;
        await backlog.ExpectEmptyAsync();
        return sample with { Elapsed = elapsed };
    }

    /// <summary>By hand: the next rows in order, with a cursor, and their deletion by id; on one connection, with the same columns read.</summary>
    private static async Task<long> DrainByHandAsync(Database database)
    {
        await using var connection = await database.OpenAsync();
        var drained = 0L;
        var bytes = 0L;
        var last = 0L;
        var positions = new List<long>(HandBatch);
        do
        {
            positions.Clear();
            await using (var select = Database.Command(connection, $"""
                SELECT position, shard, id, aggregatetype, aggregateid, type, payload, headers, traceparent, tracestate, published_at
                FROM {HandOutboxRow.Table} WHERE position > $1 ORDER BY position LIMIT {HandBatch}
                """))
            {
                select.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
                await using var reader = await select.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    positions.Add(last = reader.GetInt64(0));
                    bytes += Read(reader);
                }
            }

            await using var delete = Database.Command(connection, $"DELETE FROM {HandOutboxRow.Table} WHERE position = ANY ($1)");
            delete.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. positions] });
            drained += await delete.ExecuteNonQueryAsync();
        }
        while (positions.Count > 0);

        return bytes > 0 ? drained : 0;
    }

    private static long Read(NpgsqlDataReader reader)
    {
        _ = (reader.GetInt32(1), reader.GetGuid(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetDateTime(10));
        _ = (reader.IsDBNull(7) ? null : reader.GetString(7), reader.IsDBNull(8) ? null : reader.GetString(8), reader.IsDBNull(9) ? null : reader.GetString(9));
        var bytes = 0L;
        foreach (var value in reader.GetFieldValue<byte[]>(6))
        {
            bytes += value;
        }

        return bytes;
    }

    /// <summary>While another session holds a snapshot from before all of it: no row that is deleted meanwhile can be cleaned up.</summary>
    private static async Task<Sample> WithOldSnapshotAsync(Database database, Func<Task<Sample>> measureAsync)
    {
        await using var connection = await database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        await using (var look = Database.Command(connection, "SELECT count(*) FROM consistency_outbox_shard"))
        {
            await look.ExecuteScalarAsync();
        }

        return await measureAsync();
    }

    private static Task<IHost> WithKitAsync(Database database, CountingTransport transport) => Shops.WithKitAsync(
        database,
        kit => kit.ConfigureInbox(inbox => inbox.Consume = false),
        services => services.Replace(ServiceDescriptor.Singleton<ITransport>(transport)));
}
