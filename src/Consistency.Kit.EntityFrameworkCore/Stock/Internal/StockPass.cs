using System.Data.Common;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>Lets what one commit takes and brings back through the gate, or refuses the commit.</summary>
internal static class StockPass
{
    /// <summary>Before the COMMIT that the caller sends.</summary>
    /// <exception cref="StockGateException">The ledger has not enough.</exception>
    internal static async Task PassAsync(DbContext context, DbTransaction transaction, StockGate gate, CancellationToken cancellationToken)
    {
        var takings = gate.Takings.ToList();
        if (takings.Count == 0)
        {
            return;
        }

        if (gate.HasGoneBack)
        {
            takings = await StillSavedAsync(context, takings, cancellationToken).ConfigureAwait(false);
        }

        CrashPoint.At("stock.gate");
        var (runtime, sales) = (KitRuntime.Find(context)!, BySale(takings));
        if (!CanTakeAny(runtime, sales) || !await StockBuckets.TryTakeAnyAsync(context, transaction, sales, cancellationToken).ConfigureAwait(false))
        {
            await MoveAsync(context, transaction, runtime, sales, cancellationToken).ConfigureAwait(false);
        }

        CrashPoint.At("stock.taken");
    }

    /// <summary>With the COMMIT of a transaction that the kit has begun itself, in one round trip: hot rows are locked for no longer than the server needs for the two.</summary>
    /// <exception cref="StockGateException">The ledger has not enough; nothing is committed.</exception>
    internal static async Task CommitAsync(DbContext context, IDbContextTransaction transaction, StockGate gate, CancellationToken cancellationToken)
    {
        var (runtime, sales) = (KitRuntime.Find(context)!, BySale(gate.Takings));
        var plentiful = runtime.Shared.Plentiful;
        if (!CanTakeAny(runtime, sales) || !await plentiful.HasAllAsync(context, sales, cancellationToken).ConfigureAwait(false))
        {
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var inner = transaction.GetDbTransaction();
        var batch = inner.Connection!.CreateBatch();
        await using (batch.ConfigureAwait(false))
        {
            batch.Transaction = inner;
            StockBuckets.TakeAny(context, batch, sales, plentiful.PartsOf);
            gate.IsPassedWithCommit = true;
            CrashPoint.At("stock.gate");
            try
            {
                await transaction.CommitWithAsync(
                    context,
                    batch,
                    StockBuckets.IsTooPoor,
                    async () =>
                    {
                        plentiful.RanShort(sales);
                        await StockBuckets.GoBackAsync(inner, CancellationToken.None).ConfigureAwait(false);
                        await MoveAsync(context, inner, runtime, sales, CancellationToken.None).ConfigureAwait(false);
                    }).ConfigureAwait(false);
            }
            finally
            {
                gate.IsPassedWithCommit = false;
            }

            CrashPoint.At("stock.taken");
        }
    }

    /// <summary>Everybody goes through sales and items in one order.</summary>
    private static List<StockSaleTakings> BySale(IEnumerable<StockTaking> takings) =>
        [.. takings.GroupBy(taking => taking.Fact.Sale, StringComparer.Ordinal).OrderBy(sale => sale.Key, StringComparer.Ordinal).Select(sale => new StockSaleTakings(sale.Key, [.. sale]))];

    /// <summary>Whether one part of each item may do.</summary>
    private static bool CanTakeAny(KitRuntime runtime, List<StockSaleTakings> sales) => runtime.Shared.IsPostgres && sales.TrueForAll(sale => sale.TakesOnly);

    private static async Task MoveAsync(DbContext context, DbTransaction transaction, KitRuntime runtime, List<StockSaleTakings> sales, CancellationToken cancellationToken)
    {
        foreach (var sale in sales)
        {
            var missing = await StockBuckets.MoveAsync(context, transaction, runtime.Shared.IsPostgres, sale, cancellationToken).ConfigureAwait(false);
            if (missing.Count > 0)
            {
                throw Refuse(runtime, [.. sale.Takings.Where(taking => !taking.IsBack).Select(taking => taking.Fact)], missing);
            }
        }
    }

    /// <summary>What the store holds for orders that are short is released; others of the transaction may be tried again without them.</summary>
    private static StockGateException Refuse(KitRuntime runtime, List<StockFactRow> accepted, IReadOnlyList<StockLine> missing)
    {
        var skus = missing.Select(line => line.Sku).ToHashSet(StringComparer.Ordinal);
        foreach (var fact in accepted.Where(fact => StockLines.Parse(fact.Lines).Any(line => skus.Contains(line.Sku))))
        {
            runtime.Refused.Add(new StockOrder(fact.Sale, fact.OrderId));
        }

        return new StockGateException([.. accepted.Select(fact => new StockOrder(fact.Sale, fact.OrderId))], missing);
    }

    private static async ValueTask<List<StockTaking>> StillSavedAsync(DbContext context, List<StockTaking> takings, CancellationToken cancellationToken)
    {
        var saved = new List<StockTaking>();
        foreach (var taking in takings)
        {
            var (sale, order, isBack) = (taking.Fact.Sale, taking.Fact.OrderId, taking.IsBack);
            if (await context.Set<StockFactRow>().AsNoTracking().AnyAsync(row => row.Sale == sale && row.OrderId == order && (!isBack || row.IsReleased), cancellationToken).ConfigureAwait(false))
            {
                saved.Add(taking);
            }
        }

        return saved;
    }
}
