using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Tcc.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>Changes what the ledger has on sale of an item.</summary>
internal sealed class LedgerBuckets(EfStore shared)
{
    private const int Tries = 8;

    private static readonly RetryPolicy Pause = new() { BaseDelay = TimeSpan.FromMilliseconds(2), MaxDelay = TimeSpan.FromMilliseconds(100) };

    internal ValueTask<StockLevel?> FindAsync(StockItem item, CancellationToken cancellationToken) => shared.Contexts.WithAsync(
        async (context, token) => Level(item.Sku, await Parts(context, item).AsNoTracking().ToListAsync(token).ConfigureAwait(false)),
        cancellationToken);

    internal ValueTask<AdjustOutcome> SetAsync(StockItem item, long initial, CancellationToken cancellationToken) =>
        ChangeAsync(item, has => initial - has, null, cancellationToken);

    internal ValueTask<AdjustOutcome> AddAsync(StockItem item, long quantity, string changeId, CancellationToken cancellationToken) =>
        ChangeAsync(item, has => has + quantity > StockLines.MaxInitial ? throw StockBook.TooMany(item.Sku) : quantity, changeId, cancellationToken);

    private static IQueryable<StockBucketRow> Parts(DbContext context, StockItem item)
    {
        var (sale, sku) = (item.Sale, item.Sku);
        return context.Set<StockBucketRow>().Where(row => row.Sale == sale && row.Sku == sku).OrderBy(row => row.Bucket);
    }

    private static StockLevel? Level(string sku, List<StockBucketRow> parts)
    {
        var (initial, available) = (parts.Sum(part => part.Initial), parts.Sum(part => part.Available));
        return parts.Count == 0 ? null : StockLevel.Of(sku, initial, available, 0, initial - available);
    }

    private async ValueTask<AdjustOutcome> ChangeAsync(StockItem item, Func<long, long> change, string? changeId, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await shared.Contexts.WriteAsync((context, token) => WriteAsync(context, item, change, changeId, token), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (tries < Tries && (exception is DbUpdateException || LostRaces.IsOne(exception)))
            {
                await Task.Delay(Pause.DelayAfter(tries), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<AdjustOutcome> WriteAsync(DbContext context, StockItem item, Func<long, long> change, string? changeId, CancellationToken cancellationToken)
    {
        context.ChangeTracker.Clear();
        var (sale, sku) = (item.Sale, item.Sku);
        var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            if (!await context.Set<StockSaleRow>().AnyAsync(row => row.Sale == sale, cancellationToken).ConfigureAwait(false))
            {
                return new AdjustOutcome.Unavailable(StopReason.NotOpen);
            }

            var parts = await (shared.IsPostgres ? StockBuckets.Locked(context, sale, sku) : Parts(context, item)).ToListAsync(cancellationToken).ConfigureAwait(false);
            if (changeId is not null && await context.Set<StockChangeRow>().AnyAsync(row => row.Sale == sale && row.Sku == sku && row.ChangeId == changeId, cancellationToken).ConfigureAwait(false))
            {
                return new AdjustOutcome.Repeated(Level(sku, parts) ?? StockLevel.Of(sku, 0, 0, 0, 0));
            }

            var quantity = change(parts.Sum(part => part.Initial));
            if (quantity < 0 && parts.Sum(part => part.Available) + quantity < 0)
            {
                return new AdjustOutcome.Insufficient(Level(sku, parts) ?? StockLevel.Of(sku, 0, 0, 0, 0));
            }

            for (var bucket = parts.Count; bucket < (shared.IsPostgres ? StockBuckets.Count : 1); bucket++)
            {
                var part = new StockBucketRow { Sale = sale, Sku = sku, Bucket = bucket };
                parts.Add(part);
                context.Add(part);
            }

            Share(parts, quantity);
            if (changeId is not null)
            {
                context.Add(new StockChangeRow { Sale = sale, Sku = sku, ChangeId = changeId, MadeAt = shared.Clock.Now });
            }

            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return new AdjustOutcome.Done(Level(sku, parts)!);
        }
    }

    /// <summary>What comes is shared equally; what goes is taken from the fullest first, so that none falls below zero.</summary>
    private static void Share(List<StockBucketRow> parts, long quantity)
    {
        if (quantity >= 0)
        {
            for (var i = 0; i < parts.Count; i++)
            {
                var share = (quantity / parts.Count) + (i < quantity % parts.Count ? 1 : 0);
                parts[i].Initial += share;
                parts[i].Available += share;
            }

            return;
        }

        foreach (var part in parts.OrderByDescending(part => part.Available).ToList())
        {
            var share = Math.Min(part.Available, -quantity);
            part.Initial -= share;
            part.Available -= share;
            quantity += share;
        }
    }
}
