using System.Data;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock;

/// <summary>The ledger in the database of a DbContext.</summary>
internal sealed class EfStockLedger(EfStore shared) : IStockLedger
{
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
        return shared.Contexts.WithAsync(
            async (context, token) =>
            {
                // Levels and orders of one moment. SQLite's transactions are that anyway.
                var transaction = await (shared.IsPostgres || !Provider.IsSqlite(context)
                    ? context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, token)
                    : context.Database.BeginTransactionAsync(token)).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var sums = await context.Set<StockBucketRow>().Where(row => row.Sale == name).GroupBy(row => row.Sku)
                        .Select(parts => new { Sku = parts.Key, Initial = parts.Sum(part => part.Initial), Available = parts.Sum(part => part.Available) })
                        .ToListAsync(token).ConfigureAwait(false);
                    var untold = await context.Set<StockFactRow>().AsNoTracking().Where(row => !row.IsTold && row.Sale == name).OrderBy(row => row.AcceptedAt)
                        .ToListAsync(token).ConfigureAwait(false);
                    return new LedgerSnapshot(
                        [.. sums.Select(sum => StockLevel.Of(sum.Sku, sum.Initial, sum.Available, 0, sum.Initial - sum.Available)).OrderBy(level => level.Sku, StringComparer.Ordinal)],
                        [.. untold.Select(Fact)]);
                }
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
                return [.. rows.Select(Fact)];
            },
            cancellationToken);
    }

    public async ValueTask MarkToldAsync(StockSale sale, IReadOnlyList<StockOrder> orders, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var name = sale.Name;
        var ids = orders.Select(order => order.Id).ToList();
        await shared.Contexts.WriteAsync(
            (context, token) => context.Set<StockFactRow>().Where(row => row.Sale == name && ids.Contains(row.OrderId))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.IsTold, true), token),
            cancellationToken).ConfigureAwait(false);
    }

    private static LedgerSale Sale(StockSaleRow row) => new(new StockSale(row.Sale), row.IsOpen, row.Epoch);

    private static StockFact Fact(StockFactRow row) => new(new StockOrder(row.Sale, row.OrderId), StockLines.Parse(row.Lines), row.Customer);
}
