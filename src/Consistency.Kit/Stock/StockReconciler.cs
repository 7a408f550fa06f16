using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Stock;

/// <summary>Keeps a store of stock equal to the ledger in the database.</summary>
/// <param name="store">The store, one that can be rebuilt.</param>
/// <param name="ledger">The ledger.</param>
public sealed class StockReconciler(StockStore store, IStockLedger ledger)
{
    /// <summary>How long a rebuild may stand still before somebody else begins another.</summary>
    public static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(10);

    private const int PageSize = 500;
    private const int Looks = 5;
    private const int Pages = 10;
    private const int FindsAtOnce = 100;

    /// <summary>Above so many reservations they are not counted one by one while selling goes on.</summary>
    private const int CountLimit = 20_000;

    private IStockRebuild Rebuild => store.Rebuild ?? throw new InvalidOperationException($"{store.Name} has no ledger beside it: it is as durable as one.");

    /// <summary>Rebuilds a sale when the store cannot be trusted. Safe to call from several instances at once: one of them does it.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="cancellationToken">Abandons the rebuild; until the next one nothing is sold.</param>
    /// <returns>Why it was rebuilt; null when it need not be, or somebody else does it.</returns>
    public async ValueTask<StopReason?> RebuildIfLostAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        var reason = await Rebuild.FindReasonAsync(sale, cancellationToken).ConfigureAwait(false);
        return reason is not null && await RebuildAsync(sale, onlyIfLost: true, cancellationToken).ConfigureAwait(false) ? reason : null;
    }

    /// <summary>Fills the store again from the ledger. Reservations that no order came of are forgotten.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="cancellationToken">Abandons the rebuild; until the next one nothing is sold.</param>
    /// <returns>False when the ledger does not know the sale, or somebody else has begun meanwhile.</returns>
    public ValueTask<bool> RebuildAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);
        return RebuildAsync(sale, onlyIfLost: false, cancellationToken);
    }

    private async ValueTask<bool> RebuildAsync(StockSale sale, bool onlyIfLost, CancellationToken cancellationToken)
    {
        // The database's epoch first: whoever began before, and is slow, is told so by the store.
        if (await ledger.RaiseEpochAsync(sale, cancellationToken).ConfigureAwait(false) is not { } known)
        {
            return false;
        }

        CrashPoint.At("stock.rebuild.raised");
        if (!await Rebuild.TryBeginAsync(sale, known.Epoch, onlyIfLost, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        // Read after selling has stopped: what is accepted from now on is told to the rebuilt store.
        CrashPoint.At("stock.rebuild.begun");
        if (!await ledger.ReadInPartsAsync(sale, (levels, facts, token) => Rebuild.TryLoadAsync(sale, known.Epoch, levels, facts, token), cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        CrashPoint.At("stock.rebuild.loaded");
        return await Rebuild.TryFinishAsync(sale, known.Epoch, known.IsOpen, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the store of orders of which it has not taken note, for example because their messages were lost.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <remarks>Page by page, and at most some thousands at a time: the next call goes on.</remarks>
    /// <returns>How many it took note of now.</returns>
    public async ValueTask<int> TellAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        var count = 0;
        for (var page = 0; page < Pages; page++)
        {
            var snapshot = await ledger.ReadAsync(sale, cancellationToken).ConfigureAwait(false);
            var told = new List<StockFact>(snapshot.Untold.Count);
            foreach (var fact in snapshot.Untold)
            {
                var outcome = await store.Upkeep.ApplyFactAsync(fact, cancellationToken).ConfigureAwait(false);
                if (outcome == FactOutcome.Unavailable)
                {
                    break;
                }

                count += outcome == FactOutcome.Repeated ? 0 : 1;
                told.Add(fact);
            }

            if (told.Count > 0)
            {
                await ledger.MarkToldAsync(sale, told, cancellationToken).ConfigureAwait(false);
            }

            if (!snapshot.HasMore || told.Count < snapshot.Untold.Count)
            {
                break;
            }
        }

        return count;
    }

    /// <summary>Compares the store with the ledger while selling goes on.</summary>
    /// <param name="sale">The sale.</param>
    /// <param name="repair">Whether to bring the store to what the ledger has; without it nothing is written.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Null while the store cannot be trusted: it is to be rebuilt.</returns>
    /// <remarks>
    /// An item is judged only when its sales stood still in the store from before the ledger was read until after it was compared; a repair
    /// is written only when they still do.
    /// </remarks>
    public async ValueTask<StockReport?> ReconcileAsync(StockSale sale, bool repair, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var drifts = new Dictionary<string, StockDrift>(StringComparer.Ordinal);
        HashSet<string>? open = null;
        var items = 0;
        if (repair)
        {
            // Orders may have been told to a server that is not the primary any more: their reservations are held here still.
            if (await LookAsync(sale, false, null, drifts, cancellationToken).ConfigureAwait(false) is null)
            {
                return null;
            }

            if (drifts.Values.Any(drift => drift.Store.Sold < drift.Ledger.Sold && drift.Store.Reserved > 0))
            {
                await TellHeldAsync(sale, cancellationToken).ConfigureAwait(false);
            }
        }

        for (var look = 1; look <= Looks && open is not { Count: 0 }; look++)
        {
            if (await LookAsync(sale, repair, open, drifts, cancellationToken).ConfigureAwait(false) is not { } seen)
            {
                return null;
            }

            (items, open) = seen;
        }

        return new StockReport(sale, items, [.. drifts.Values.OrderBy(drift => drift.Sku, StringComparer.Ordinal)], [.. open!.Order(StringComparer.Ordinal)]);
    }

    /// <summary>Tells the store of accepted orders whose reservations it holds.</summary>
    private async ValueTask TellHeldAsync(StockSale sale, CancellationToken cancellationToken)
    {
        var held = await store.Upkeep.ListDueAsync(sale, -2 * ReserveRequest.MaxHold, CountLimit, cancellationToken).ConfigureAwait(false);
        foreach (var page in held.Select(reservation => reservation.Order).Chunk(PageSize))
        {
            foreach (var fact in await ledger.FindFactsAsync(sale, page, cancellationToken).ConfigureAwait(false))
            {
                await store.Upkeep.ApplyFactAsync(fact, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<(int Items, HashSet<string> Open)?> LookAsync(
        StockSale sale, bool repair, HashSet<string>? only, Dictionary<string, StockDrift> drifts, CancellationToken cancellationToken)
    {
        if (await Rebuild.CountAsync(sale, 0, cancellationToken).ConfigureAwait(false) is not { } before)
        {
            return null;
        }

        var truth = await ledger.ReadAsync(sale, cancellationToken).ConfigureAwait(false);
        if (truth.HasMore)
        {
            // So far behind nothing can be told from what is on its way.
            return (truth.Levels.Count, truth.Levels.Select(level => level.Sku).ToHashSet(StringComparer.Ordinal));
        }

        var pending = await PendingAsync(truth.Untold, cancellationToken).ConfigureAwait(false);
        if (await Rebuild.CountAsync(sale, CountLimit, cancellationToken).ConfigureAwait(false) is not { } after)
        {
            return null;
        }

        var first = before.ToDictionary(count => count.Level.Sku, count => count.Level, StringComparer.Ordinal);
        var second = after.ToDictionary(count => count.Level.Sku, StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var sold in Joined(truth.Levels, second).Where(level => only?.Contains(level.Sku) != false))
        {
            var expected = sold with { Sold = sold.Sold - pending.GetValueOrDefault(sold.Sku) };
            second.TryGetValue(sold.Sku, out var found);
            var level = found.Level ?? StockLevel.Of(sold.Sku, 0, 0, 0, 0);
            if ((first.GetValueOrDefault(sold.Sku)?.Sold ?? 0, first.GetValueOrDefault(sold.Sku)?.Initial ?? 0) != (level.Sold, level.Initial))
            {
                open.Add(sold.Sku);
                continue;
            }

            drifts.Remove(sold.Sku);
            var drift = new StockDrift(expected, level, found.Held, false);
            if (level.Initial == expected.Initial && level.Sold == expected.Sold && level.IsWhole && (found.Held ?? level.Reserved) == level.Reserved)
            {
                continue;
            }

            var repaired = repair && await Rebuild.TryCorrectAsync(sale, new StockCount(level, found.Held), expected.Initial, expected.Sold, cancellationToken).ConfigureAwait(false);
            if (repair && !repaired)
            {
                open.Add(sold.Sku);
            }
            else
            {
                drifts[sold.Sku] = drift with { IsRepaired = repaired };
            }
        }

        return (truth.Levels.Count, open);
    }

    /// <summary>What the ledger has sold and the store has not taken note of yet; below zero for what came back.</summary>
    private async ValueTask<Dictionary<string, long>> PendingAsync(IReadOnlyList<StockFact> untold, CancellationToken cancellationToken)
    {
        var pending = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var page in untold.Chunk(FindsAtOnce))
        {
            var found = await Task.WhenAll(page.Select(fact => store.Stock.FindAsync(fact.Order, cancellationToken).AsTask())).ConfigureAwait(false);
            foreach (var (fact, reservation) in page.Zip(found))
            {
                var isSold = reservation is null ? fact is { IsReleased: true, WasTold: true } : reservation.State == ReservationState.Confirmed;
                if (isSold != fact.IsReleased)
                {
                    continue;
                }

                foreach (var line in fact.Lines ?? reservation?.Lines ?? (IReadOnlyList<StockLine>)[])
                {
                    pending[line.Sku] = pending.GetValueOrDefault(line.Sku) + (fact.IsReleased ? -line.Quantity : line.Quantity);
                }
            }
        }

        return pending;
    }

    /// <summary>The ledger's items, and those that only the store has.</summary>
    private static IEnumerable<StockLevel> Joined(IReadOnlyList<StockLevel> ledger, Dictionary<string, StockCount> store)
    {
        var known = ledger.Select(level => level.Sku).ToHashSet(StringComparer.Ordinal);
        return ledger.Concat(store.Keys.Where(sku => !known.Contains(sku)).Select(sku => StockLevel.Of(sku, 0, 0, 0, 0)));
    }
}
