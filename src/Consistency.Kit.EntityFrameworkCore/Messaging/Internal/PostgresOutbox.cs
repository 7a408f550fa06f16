using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>The outbox on PostgreSQL: reading from a cursor, listing writers by their locks, sharing shards by leases.</summary>
internal sealed class PostgresOutbox(ContextSource contexts, StoreClock clock) : IOutboxReader, IOutboxLeases
{
    private readonly OutboxQueries _queries = new(contexts);
    private PostgresOutboxSql? _sql;

    public WriterVisibility Writers => WriterVisibility.Listed;

    public ValueTask<OutboxPage> ReadAsync(OutboxRead request, CancellationToken cancellationToken) =>
        contexts.WithAsync((context, token) => ReadAsync(context, request, token), cancellationToken);

    public ValueTask<IReadOnlyList<OutboxRecord>> ReadKeyAsync(HeldKey key, long from, long upTo, int limit, CancellationToken cancellationToken) =>
        _queries.ReadKeyAsync(key, from, upTo, limit, cancellationToken);

    public async ValueTask DeleteAsync(IReadOnlyList<OutboxPosition> rows, CancellationToken cancellationToken) =>
        await contexts.WithAsync(
            (context, token) => WithBatchAsync(
                context,
                batch => batch.Add(Sql(context).Delete).Add("positions", rows.Select(row => row.Position).ToArray()),
                static (_, _, _) => Task.FromResult(0),
                token),
            cancellationToken).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<OutboxRecord>> SweepAsync(IReadOnlyList<ShardMark> marks, int limit, CancellationToken cancellationToken) =>
        contexts.WithAsync<IReadOnlyList<OutboxRecord>>(
            (context, token) => WithBatchAsync(
                context,
                batch =>
                {
                    var command = batch.Add(Sql(context).Sweep);
                    command.Add("shards", marks.Select(mark => mark.Shard).ToArray());
                    command.Add("marks", marks.Select(mark => mark.Position).ToArray());
                    command.Add("limit", limit);
                },
                static async (_, reader, readToken) =>
                {
                    var found = new List<OutboxRecord>();
                    while (await reader.ReadAsync(readToken).ConfigureAwait(false))
                    {
                        found.Add(Record(reader));
                    }

                    return (IReadOnlyList<OutboxRecord>)found;
                },
                token),
            cancellationToken);

    public ValueTask<IReadOnlyList<ShardLease>> RenewAsync(LeaseRenewal renewal, CancellationToken cancellationToken) =>
        contexts.WithAsync<IReadOnlyList<ShardLease>>(
            (context, token) => WithBatchAsync(
                context,
                batch =>
                {
                    var command = batch.Add(Sql(context).Renew);
                    command.Add("owner", renewal.Owner);
                    command.Add("duration", renewal.Duration);
                    command.Add("busy", renewal.Busy.ToArray());
                    AddMarks(command, renewal.Marks);
                },
                async (_, reader, readToken) =>
                {
                    var leases = new List<ShardLease>();
                    while (await reader.ReadAsync(readToken).ConfigureAwait(false))
                    {
                        clock.Observe(reader.GetDateTime(3));
                        leases.Add(new ShardLease(reader.GetInt32(0), reader.GetInt64(1), reader.GetInt64(2)));
                    }

                    return (IReadOnlyList<ShardLease>)leases;
                },
                token),
            cancellationToken);

    public async ValueTask ReleaseAsync(string owner, IReadOnlyList<ShardMark> marks, CancellationToken cancellationToken) =>
        await contexts.WithAsync(
            (context, token) => WithBatchAsync(
                context,
                batch =>
                {
                    var command = batch.Add(Sql(context).Release);
                    command.Add("owner", owner);
                    AddMarks(command, marks);
                },
                static (_, _, _) => Task.FromResult(0),
                token),
            cancellationToken).ConfigureAwait(false);

    private async Task<OutboxPage> ReadAsync(DbContext context, OutboxRead request, CancellationToken cancellationToken)
    {
        var sql = Sql(context);
        return await WithBatchAsync(
            context,
            batch =>
            {
                var rows = batch.Add(request.InFlight.Count == 0 ? sql.Read : sql.ReadAround);
                rows.Add("from", request.Ranges.Count == 0 ? long.MaxValue : request.Ranges.Min(range => range.After));
                rows.Add("after", AfterByShard(request.Ranges));
                rows.Add("limit", request.Limit);
                if (request.InFlight.Count > 0)
                {
                    rows.Add("inflight", request.InFlight.ToArray());
                }

                if (request.ListWriters)
                {
                    // In this order: the rows' snapshot, then the last position, then the writers.
                    batch.Add(sql.LastPosition);
                    batch.Add(sql.ListWriters);
                }
            },
            async (batch, reader, token) =>
            {
                var records = new List<OutboxRecord>();
                var bytes = 0L;
                while (await reader.ReadAsync(token).ConfigureAwait(false))
                {
                    if (bytes >= request.MaxBytes)
                    {
                        // Do not pull the rest of a large result over the wire only to drop it.
                        batch.Cancel();
                        return new OutboxPage(records, null, IsCutOff: true);
                    }

                    var record = Record(reader);
                    bytes += record.Message.Payload.Length;
                    records.Add(record);
                }

                var writers = request.ListWriters ? await WritersAsync(reader, token).ConfigureAwait(false) : null;
                return new OutboxPage(records, writers, IsCutOff: records.Count >= request.Limit);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Indexed by shard; nothing is above where a shard stands that is not asked for.</summary>
    private static long[] AfterByShard(IReadOnlyList<ShardRange> ranges)
    {
        var after = new long[ranges.Count == 0 ? 0 : ranges.Max(range => range.Shard) + 1];
        Array.Fill(after, long.MaxValue);
        foreach (var range in ranges)
        {
            after[range.Shard] = range.After;
        }

        return after;
    }

    private static async Task<WriterListing> WritersAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var last = reader.GetInt64(0);
        var writers = new HashSet<string>(StringComparer.Ordinal);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            writers.Add(reader.GetString(0));
        }

        return new WriterListing(last, writers);
    }

    private static OutboxRecord Record(DbDataReader reader) => new(
        reader.GetInt32(0),
        reader.GetInt64(1),
        new TransportMessage
        {
            Id = reader.GetGuid(2),
            Topic = reader.GetString(3),
            Key = reader.GetString(4),
            Type = reader.GetString(5),
            Payload = reader.GetFieldValue<byte[]>(6),
            Headers = Rows.ReadHeaders(reader.IsDBNull(7) ? null : reader.GetString(7)),
            TraceParent = reader.IsDBNull(8) ? null : reader.GetString(8),
            TraceState = reader.IsDBNull(9) ? null : reader.GetString(9),
            PublishedAt = new DateTimeOffset(reader.GetDateTime(10), TimeSpan.Zero),
        });

    private static async Task<T> WithBatchAsync<T>(
        DbContext context,
        Action<DbBatch> fill,
        Func<DbBatch, DbDataReader, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var batch = context.Database.GetDbConnection().CreateBatch();
            await using (batch.ConfigureAwait(false))
            {
                fill(batch);
                var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    return await read(batch, reader, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    private static void AddMarks(DbBatchCommand command, IReadOnlyList<ShardMark> marks)
    {
        command.Add("shards", marks.Select(mark => mark.Shard).ToArray());
        command.Add("epochs", marks.Select(mark => mark.Epoch).ToArray());
        command.Add("positions", marks.Select(mark => mark.Position).ToArray());
    }

    private PostgresOutboxSql Sql(DbContext context) => _sql ??= new PostgresOutboxSql(context);
}
