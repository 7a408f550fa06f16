using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>
/// The parts of what the ledger has. Orders that commit at once take from any of them, so that few wait for each other; only when that one
/// has not enough, an order takes from all parts together. Items are taken in one order by everybody, so that nobody waits in a circle.
/// </summary>
internal static class StockBuckets
{
    private const int Tries = 8;
    private const string Savepoint = "consistency_stock";

    /// <summary>Parts of an item on PostgreSQL, where orders commit at the same time.</summary>
    internal const int Count = 32;

    /// <summary>Each line from one part, or from all together, and back.</summary>
    /// <returns>Items that are short, with what is left of them; then nothing of the transaction may be committed.</returns>
    internal static async ValueTask<IReadOnlyList<StockLine>> MoveAsync(
        DbContext context, DbTransaction transaction, bool isPostgres, StockSaleTakings sale, CancellationToken cancellationToken)
    {
        var missing = new List<StockLine>();
        foreach (var line in sale.Lines)
        {
            if (line.Quantity < 0)
            {
                await GiveAsync(context, transaction, isPostgres, sale.Sale, line, cancellationToken).ConfigureAwait(false);
            }
            else if (await TakeOneAsync(context, isPostgres, sale.Sale, line, cancellationToken).ConfigureAwait(false) is { } left)
            {
                missing.Add(line with { Quantity = left });
            }
        }

        return missing;
    }

    /// <summary>Takes each line from one part, whichever it is, or none of them.</summary>
    internal static async ValueTask<bool> TryTakeAnyAsync(DbContext context, DbTransaction transaction, List<StockSaleTakings> sales, CancellationToken cancellationToken)
    {
        var batch = transaction.Connection!.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = transaction;
            TakeAny(
                context,
                batch,
                sales,
                "available = available - @quantity WHERE sale = @sale AND sku = @sku AND bucket = @bucket AND available >= @quantity",
                static (_, _) => Count);
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            if (batch.BatchCommands.Skip(1).All(command => command.RecordsAffected > 0))
            {
                return true;
            }
        }

        await GoBackAsync(transaction, cancellationToken).ConfigureAwait(false);
        return false;
    }

    /// <summary>The same from parts that are there, as the last statements before a COMMIT: one that has too little is refused by the table, so that the COMMIT is not come to.</summary>
    internal static void TakeAny(DbContext context, DbBatch batch, List<StockSaleTakings> sales, Func<string, string, int> partsOf) => TakeAny(
        context,
        batch,
        sales,
        "available = CASE WHEN available >= @quantity THEN available - @quantity END WHERE sale = @sale AND sku = @sku AND bucket = @bucket",
        partsOf);

    /// <summary>Whether the table has refused to have no number of pieces.</summary>
    internal static bool IsTooPoor(DbException error) =>
        error.SqlState == "23502" && error.Message.Contains("available", StringComparison.Ordinal) && error.Message.Contains("consistency_stock_bucket", StringComparison.Ordinal);

    /// <summary>To where nothing was taken.</summary>
    internal static async Task GoBackAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        var back = transaction.Connection!.CreateCommand();
        await using (back.ConfigureAwait(false))
        {
            back.Transaction = transaction;
            back.CommandText = $"ROLLBACK TO SAVEPOINT {Savepoint}";
            await back.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static void TakeAny(DbContext context, DbBatch batch, List<StockSaleTakings> sales, string change, Func<string, string, int> partsOf)
    {
        var table = KitSql.Table<StockBucketRow>(context);

        // Whoever waits for all parts must not hold one: what was taken is given back before, and so is the lock that an update
        // which has waited keeps on a row that it found too poor.
        batch.Add($"SAVEPOINT {Savepoint}");

        // Not the first that is free: to look for it costs as much as an order's rows.
        foreach (var (sale, line) in sales.SelectMany(sale => sale.Lines.Select(line => (sale.Sale, line))))
        {
            var command = batch.Add($"UPDATE {table} SET {change}");
            command.Add("quantity", line.Quantity);
            command.Add("sale", sale);
            command.Add("sku", line.Sku);
            command.Add("bucket", Random.Shared.Next(partsOf(sale, line.Sku)));
        }
    }

    /// <summary>Brings a line back to the emptiest part that nobody has locked, or to the first.</summary>
    private static async ValueTask GiveAsync(DbContext context, DbTransaction transaction, bool isPostgres, string sale, StockLine line, CancellationToken cancellationToken)
    {
        if (isPostgres)
        {
            var table = KitSql.Table<StockBucketRow>(context);
            var batch = transaction.Connection!.CreateBatch();
            await using (batch.ConfigureAwait(false))
            {
                batch.Transaction = transaction;
                var command = batch.Add(
                    $"WITH free AS MATERIALIZED (SELECT bucket FROM {table} WHERE sale = @sale AND sku = @sku ORDER BY available, bucket LIMIT 1 FOR UPDATE SKIP LOCKED) UPDATE {table} AS part SET available = part.available + @quantity FROM free WHERE part.sale = @sale AND part.sku = @sku AND part.bucket = free.bucket");
                command.Add("quantity", -line.Quantity);
                command.Add("sale", sale);
                command.Add("sku", line.Sku);
                if (await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) > 0)
                {
                    return;
                }
            }
        }

        await ChangeAsync(context, sale, line.Sku, bucket: 0, -line.Quantity, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a line from all parts together.</summary>
    /// <returns>Null when it was taken; else what is left.</returns>
    private static async ValueTask<long?> TakeOneAsync(DbContext context, bool isPostgres, string sale, StockLine line, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var sku = line.Sku;
            var parts = await (isPostgres ? Locked(context, sale, sku) : context.Set<StockBucketRow>().Where(row => row.Sale == sale && row.Sku == sku).OrderBy(row => row.Bucket))
                .AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false);
            var left = parts.Sum(part => part.Available);
            if (left < line.Quantity)
            {
                return Math.Max(0, left);
            }

            var wanted = line.Quantity;
            var taken = new List<(int Bucket, long Quantity)>();
            foreach (var part in parts.OrderByDescending(part => part.Available).TakeWhile(_ => wanted > 0))
            {
                var quantity = Math.Min(part.Available, wanted);
                if (quantity <= 0 || !await ChangeAsync(context, sale, sku, part.Bucket, -quantity, cancellationToken).ConfigureAwait(false))
                {
                    continue;
                }

                wanted -= quantity;
                taken.Add((part.Bucket, quantity));
            }

            if (wanted == 0)
            {
                return null;
            }

            // Somebody was quicker between the look and the change; it can happen only where parts cannot be locked.
            foreach (var (bucket, quantity) in taken)
            {
                await ChangeAsync(context, sale, sku, bucket, quantity, cancellationToken).ConfigureAwait(false);
            }

            if (tries == Tries)
            {
                return 0;
            }
        }
    }

    private static async Task<bool> ChangeAsync(DbContext context, string sale, string sku, int bucket, long change, CancellationToken cancellationToken) =>
        await context.Set<StockBucketRow>()
            .Where(row => row.Sale == sale && row.Sku == sku && row.Bucket == bucket && row.Available + change >= 0)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Available, row => row.Available + change), cancellationToken).ConfigureAwait(false) > 0;

#pragma warning disable EF1002 // The name of the kit's own table; values are parameters.
    internal static IQueryable<StockBucketRow> Locked(DbContext context, string sale, string sku) => context.Set<StockBucketRow>().FromSqlRaw(
        $"SELECT * FROM {KitSql.Table<StockBucketRow>(context)} WHERE sale = {{0}} AND sku = {{1}} ORDER BY bucket FOR UPDATE", sale, sku);
#pragma warning restore EF1002
}
