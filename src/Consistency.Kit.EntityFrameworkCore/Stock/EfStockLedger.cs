using System.Data;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock;

/// <summary>The ledger in the database of a DbContext.</summary>
internal sealed class EfStockLedger(EfStore shared) : IStockLedger
{
    private const int PageSize = 1_000;

    public ValueTask<IReadOnlyList<LedgerSale>> ListSalesAsync(CancellationToken cancellationToken) => shared.Contexts.WithAsync<IReadOnlyList<LedgerSale>>(
        async (context, token) =>
        {
            var rows = await context.Set<StockSaleRow>().AsNoTracking().OrderBy(row => row.Sale).ToListAsync(token).ConfigureAwait(false);
            return [.. rows.Select(Sale)];
        },
        cancellationToken);

    public ValueTask<LedgerSale?> RaiseEpochAsync(StockSale sale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var name = sale.Name;
        return shared.Contexts.WriteAsync(
            async (context, token) =>
            {
                var transaction = await context.Database.BeginTransactionAsync(token).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    await context.Set<StockSaleRow>().Where(row => row.Sale == name)
                        .ExecuteUpdateAsync(set => set.SetProperty(row => row.Epoch, row => row.Epoch + 1), token).ConfigureAwait(false);
                    var row = await context.Set<StockSaleRow>().AsNoTracking().FirstOrDefaultAsync(row => row.Sale == name, token).ConfigureAwait(false);
                    await transaction.CommitAsync(token).ConfigureAwait(false);
                    return row is null ? null : Sale(row);
                }
            },
            cancellationToken);
    }

    public ValueTask<LedgerSnapshot> ReadAsync(StockSale sale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var name = sale.Name;
        return AsOfOneMomentAsync(
            async (context, token) =>
            {
                var levels = await LevelsAsync(context, name, token).ConfigureAwait(false);
                var untold = await UntoldAsync(context, name, after: null, PageSize + 1, token).ConfigureAwait(false);
                return new LedgerSnapshot(levels, [.. untold.Take(PageSize).Select(row => row.ToFact())], HasMore: untold.Count > PageSize);
            },
            cancellationToken);
    }

    public ValueTask<bool> ReadInPartsAsync(
        StockSale sale, Func<IReadOnlyList<StockLevel>, IReadOnlyList<StockFact>, CancellationToken, ValueTask<bool>> take, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        ArgumentNullException.ThrowIfNull(take);
        var name = sale.Name;
        return AsOfOneMomentAsync(
            async (context, token) =>
            {
                foreach (var levels in (await LevelsAsync(context, name, token).ConfigureAwait(false)).Chunk(PageSize))
                {
                    if (!await take(levels, [], token).ConfigureAwait(false))
                    {
                        return false;
                    }
                }

                StockFactRow? last = null;
                while (await UntoldAsync(context, name, last, PageSize, token).ConfigureAwait(false) is { Count: > 0 } untold)
                {
                    if (!await take([], untold.ConvertAll(row => row.ToFact()), token).ConfigureAwait(false))
                    {
                        return false;
                    }

                    last = untold[^1];
                }

                return true;
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<StockFact>> FindFactsAsync(StockSale sale, IReadOnlyList<StockOrder> orders, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var name = sale.Name;
        var ids = orders.Select(order => order.Id).ToList();
        return shared.Contexts.WithAsync<IReadOnlyList<StockFact>>(
            async (context, token) =>
            {
                var rows = await context.Set<StockFactRow>().AsNoTracking().Where(row => row.Sale == name && ids.Contains(row.OrderId)).ToListAsync(token).ConfigureAwait(false);
                return rows.ConvertAll(row => row.ToFact());
            },
            cancellationToken);
    }

    public async ValueTask MarkToldAsync(StockSale sale, IReadOnlyList<StockFact> facts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var name = sale.Name;
        foreach (var same in facts.GroupBy(fact => fact.IsReleased))
        {
            var isReleased = same.Key;
            var ids = same.Select(fact => fact.Order.Id).ToList();
            await shared.Contexts.WriteAsync(
                (context, token) => context.Set<StockFactRow>().Where(row => row.Sale == name && row.IsReleased == isReleased && ids.Contains(row.OrderId))
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsTold, true), token),
                cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        var before = shared.Clock.Now - retention;
        var count = 0;

        // Sale by sale, which is how the index has them.
        foreach (var sale in await ListSalesAsync(cancellationToken).ConfigureAwait(false))
        {
            var (name, left) = (sale.Sale.Name, limit - count);
            count += left == 0
                ? 0
                : await shared.Contexts.WriteAsync(
                    (context, token) => context.Set<StockFactRow>().Where(row => row.IsTold && row.Sale == name && row.AcceptedAt < before)
                        .OrderBy(row => row.AcceptedAt).Take(left).ExecuteDeleteAsync(token),
                    cancellationToken).ConfigureAwait(false);
        }

        return count;
    }

    private static async Task<List<StockLevel>> LevelsAsync(DbContext context, string sale, CancellationToken cancellationToken)
    {
        var sums = await context.Set<StockBucketRow>().Where(row => row.Sale == sale).GroupBy(row => row.Sku)
            .Select(parts => new { Sku = parts.Key, Initial = parts.Sum(part => part.Initial), Available = parts.Sum(part => part.Available) })
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. sums.Select(sum => StockLevel.Of(sum.Sku, sum.Initial, sum.Available, 0, sum.Initial - sum.Available)).OrderBy(level => level.Sku, StringComparer.Ordinal)];
    }

    /// <summary>The oldest first, those that are of one time in the order of their ids.</summary>
    private static Task<List<StockFactRow>> UntoldAsync(DbContext context, string sale, StockFactRow? after, int limit, CancellationToken cancellationToken)
    {
        var rows = context.Set<StockFactRow>().AsNoTracking().Where(row => !row.IsTold && row.Sale == sale);
        if (after is { AcceptedAt: var time, OrderId: var order })
        {
            rows = rows.Where(row => row.AcceptedAt > time || (row.AcceptedAt == time && string.Compare(row.OrderId, order) > 0));
        }

        return rows.OrderBy(row => row.AcceptedAt).ThenBy(row => row.OrderId).Take(limit).ToListAsync(cancellationToken);
    }

    /// <summary>Levels and orders of one moment. SQLite's transactions are that anyway.</summary>
    private ValueTask<T> AsOfOneMomentAsync<T>(Func<DbContext, CancellationToken, Task<T>> read, CancellationToken cancellationToken) => shared.Contexts.WithAsync(
        async (context, token) =>
        {
            var transaction = await (shared.IsPostgres || !Provider.IsSqlite(context)
                ? context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, token)
                : context.Database.BeginTransactionAsync(token)).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                return await read(context, token).ConfigureAwait(false);
            }
        },
        cancellationToken);

    private static LedgerSale Sale(StockSaleRow row) => new(new StockSale(row.Sale), row.IsOpen, row.Epoch);
}
