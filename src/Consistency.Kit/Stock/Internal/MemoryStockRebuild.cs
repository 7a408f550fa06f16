namespace Consistency.Kit.Stock.Internal;

/// <summary>Fills stock in memory again. A process that starts knows no sale: it is rebuilt from the ledger like any store that has lost everything.</summary>
internal sealed class MemoryStockRebuild(MemoryStockSales sales, TimeProvider time) : IStockRebuild
{
    public ValueTask<StopReason?> FindReasonAsync(StockSale sale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        return new(sales.With<StopReason?>(sale.Name, rows => rows.IsRebuilding ? StopReason.Rebuilding : null, StopReason.NotOpen));
    }

    public ValueTask<bool> TryBeginAsync(StockSale sale, long epoch, bool onlyIfLost, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        return new(sales.WithNew(
            sale.Name,
            isNew: rows => (rows.IsRebuilding, rows.Sale!.IsOpen, rows.Sale.Epoch) = (true, false, 0),
            rows =>
            {
                var isMoving = rows.Sale!.Epoch > 0 && time.GetElapsedTime(rows.RebuildMovedAt) < StockReconciler.StandstillLimit;
                if (rows.Sale.Epoch >= epoch || (onlyIfLost && (!rows.IsRebuilding || isMoving)))
                {
                    return false;
                }

                rows.Clear();
                (rows.IsRebuilding, rows.Sale.IsOpen, rows.Sale.Epoch, rows.RebuildMovedAt) = (true, false, epoch, time.GetTimestamp());
                return true;
            }));
    }

    public ValueTask<bool> TryLoadAsync(StockSale sale, long epoch, IReadOnlyList<StockLevel> levels, IReadOnlyList<StockFact> facts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(levels);
        ArgumentNullException.ThrowIfNull(facts);
        var now = time.GetUtcNow().UtcDateTime;
        return InRebuildAsync(sale, epoch, rows =>
        {
            foreach (var level in levels)
            {
                var item = Item(rows, sale.Name, level.Sku);
                (item.Initial, item.Available, item.Reserved, item.Sold) = (level.Initial, level.Available - level.Oversold, 0, level.Sold);
            }

            foreach (var fact in facts.Where(fact => rows.FindReservation(fact.Order.Id) is null))
            {
                var row = new StockReservationRow
                {
                    Sale = sale.Name,
                    OrderId = fact.Order.Id,
                    State = fact.IsReleased ? ReservationState.Released : ReservationState.Confirmed,
                    Lines = fact.Lines?.Text ?? "",
                    Customer = fact.Customer,
                    Deadline = now,
                    MovedAt = now,
                };
                rows.Add(row);
                rows.Ended.Enqueue((row, now));
            }
        });
    }

    public ValueTask<bool> TryFinishAsync(StockSale sale, long epoch, bool isOpen, CancellationToken cancellationToken) =>
        InRebuildAsync(sale, epoch, rows => (rows.IsRebuilding, rows.Sale!.IsOpen) = (false, isOpen));

    public ValueTask<IReadOnlyList<StockCount>?> CountAsync(StockSale sale, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        return new(sales.With<IReadOnlyList<StockCount>?>(
            sale.Name,
            rows =>
            {
                if (rows.IsRebuilding)
                {
                    return null;
                }

                var held = rows.Reservations.Where(row => row.State == ReservationState.Reserved).Take(limit + 1).ToList();
                var pieces = held.SelectMany(row => row.ParseLines()).ToLookup(line => line.Sku, line => line.Quantity, StringComparer.Ordinal);
                return
                [
                    .. rows.Items.OrderBy(item => item.Sku, StringComparer.Ordinal)
                        .Select(item => new StockCount(item.ToLevel(), held.Count > limit ? null : pieces[item.Sku].Sum())),
                ];
            },
            null));
    }

    public ValueTask<bool> TryCorrectAsync(StockSale sale, StockCount seen, long initial, long sold, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        return new(sales.With(
            sale.Name,
            rows =>
            {
                var item = Item(rows, sale.Name, seen.Level.Sku);
                if (rows.IsRebuilding || (item.Initial, item.Sold) != (seen.Level.Initial, seen.Level.Sold))
                {
                    return false;
                }

                var correction = seen.Towards(initial, sold);
                item.Initial += correction.Initial;
                item.Available += correction.Available;
                item.Reserved += correction.Reserved;
                item.Sold += correction.Sold;
                return true;
            },
            false));
    }

    private static StockItemRow Item(MemoryStockRows rows, string sale, string sku)
    {
        if (rows.FindItem(sku) is not { } item)
        {
            rows.Add(item = new StockItemRow { Sale = sale, Sku = sku });
        }

        return item;
    }

    private ValueTask<bool> InRebuildAsync(StockSale sale, long epoch, Action<MemoryStockRows> act)
    {
        ArgumentNullException.ThrowIfNull(sale);
        return new(sales.With(
            sale.Name,
            rows =>
            {
                if (!rows.IsRebuilding || rows.Sale!.Epoch != epoch)
                {
                    return false;
                }

                act(rows);
                rows.RebuildMovedAt = time.GetTimestamp();
                return true;
            },
            false));
    }
}
