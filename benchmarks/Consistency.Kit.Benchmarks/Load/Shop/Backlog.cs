using NpgsqlTypes;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>Fills an outbox table as publishers would have: payloads of about 300 bytes, keys spread over 10,000 values.</summary>
/// <param name="database">Where.</param>
/// <param name="table">The outbox table: the kit's, or one with the same columns.</param>
internal sealed class Backlog(Database database, string table)
{
    private const int Keys = 10_000;
    private const string Columns = "shard, id, aggregatetype, aggregateid, type, payload, traceparent, published_at";

    /// <summary>Prepares rows once, so that a later fill is one statement in the server and leaves nothing behind in this process.</summary>
    internal async Task PrepareAsync(int rows, Func<string, int> shardOf)
    {
        await database.ExecuteAsync("CREATE UNLOGGED TABLE backlog (n int, shard int, id uuid, aggregatetype text, aggregateid text, type text, payload bytea, traceparent text, published_at timestamptz)");
        var keys = Enumerable.Range(0, Keys).Select(_ => Guid.CreateVersion7()).ToArray();
        await using var connection = await database.OpenAsync();
        await using var copy = await connection.BeginBinaryImportAsync($"COPY backlog (n, {Columns}) FROM STDIN (FORMAT BINARY)");
        for (var n = 0; n < rows; n++)
        {
            var row = HandOutboxRow.New(OrderPlaced.New(keys[Random.Shared.Next(Keys)], n));
            await copy.StartRowAsync();
            await copy.WriteAsync(n, NpgsqlDbType.Integer);
            await copy.WriteAsync(shardOf(row.Key), NpgsqlDbType.Integer);
            await copy.WriteAsync(row.Id, NpgsqlDbType.Uuid);
            await copy.WriteAsync(row.Topic, NpgsqlDbType.Text);
            await copy.WriteAsync(row.Key, NpgsqlDbType.Text);
            await copy.WriteAsync(row.Type, NpgsqlDbType.Text);
            await copy.WriteAsync(row.Payload, NpgsqlDbType.Bytea);
            await copy.WriteAsync(row.TraceParent!, NpgsqlDbType.Text);
            await copy.WriteAsync(row.PublishedAt, NpgsqlDbType.TimestampTz);
        }

        await copy.CompleteAsync();
    }

    /// <summary>Replaces what is in the outbox by this many rows.</summary>
    internal async Task FillAsync(int rows)
    {
        await database.ExecuteAsync($"TRUNCATE {table}");
        await database.ExecuteAsync($"INSERT INTO {table} ({Columns}) SELECT {Columns} FROM backlog WHERE n < {rows}");
        await database.ExecuteAsync($"ANALYZE {table}");
    }

    internal async Task ExpectEmptyAsync()
    {
        var left = await database.ScalarAsync<long>($"SELECT count(*) FROM {table}");
        if (left > 0)
        {
            throw new InvalidOperationException($"{left} rows of {table} were not drained.");
        }
    }
}
