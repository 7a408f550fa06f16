using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>Stock in this process: gone when it ends, and unknown to other processes. For tests, and for a shop of one process.</summary>
public sealed class MemoryStock : IStock, IStockSales, IStockUpkeep
{
    private readonly MemoryStockSales _sales = new();
    private readonly TimeProvider _time;

    /// <summary>Makes an empty store.</summary>
    /// <param name="time">The clock; null for the system's.</param>
    public MemoryStock(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        Rebuild = new MemoryStockRebuild(_sales, _time);
    }

    /// <summary>Fills it from a ledger in a database, which outlives the process.</summary>
    public IStockRebuild Rebuild { get; }

    private DateTime Now => _time.GetUtcNow().UtcDateTime;

    /// <inheritdoc />
    public ValueTask<ReserveOutcome> ReserveAsync(ReserveRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        return new(With<ReserveOutcome>(request.Order.Sale, book => book.Reserve(request), static reason => new ReserveOutcome.SellingStopped(reason)));
    }

    /// <inheritdoc />
    public ValueTask<StockMove> ConfirmAsync(StockOrder order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        return new(End(order, book => book.Confirm(order.Id)));
    }

    /// <inheritdoc />
    public ValueTask<StockMove> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        return new(End(order, book => book.Release(order.Id)));
    }

    /// <inheritdoc />
    public ValueTask<StockLevel?> ReadAsync(StockItem item, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        return new(_sales.With(item.Sale, rows => rows.FindItem(item.Sku)?.ToLevel(), null));
    }

    /// <inheritdoc />
    public ValueTask<StockReservation?> FindAsync(StockOrder order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        return new(_sales.With(order.Sale, rows => rows.FindReservation(order.Id)?.ToReservation(), null));
    }

    /// <inheritdoc />
    public ValueTask OpenAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);
        _sales.WithNew(sale.Name, static _ => { }, static rows => rows.Sale!.IsOpen = !rows.IsRebuilding);
        return default;
    }

    /// <inheritdoc />
    public ValueTask CloseAsync(StockSale sale, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sale);
        _sales.With(sale.Name, static rows => rows.Sale!.IsOpen = false, false);
        return default;
    }

    /// <inheritdoc />
    public ValueTask<AdjustOutcome> SetAsync(StockItem item, long initial, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        StockBook.CheckInitial(initial);
        return new(With<AdjustOutcome>(item.Sale, book => book.Set(item.Sku, initial), static reason => new AdjustOutcome.Unavailable(reason)));
    }

    /// <inheritdoc />
    public ValueTask<AdjustOutcome> AddAsync(StockItem item, long quantity, string changeId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        StockBook.CheckChange(quantity, changeId);
        return new(With<AdjustOutcome>(item.Sale, book => book.Add(item.Sku, quantity, changeId), static reason => new AdjustOutcome.Unavailable(reason)));
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<StockSale>> ListSalesAsync(CancellationToken cancellationToken) =>
        new([.. _sales.Names.Select(name => new StockSale(name))]);

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<StockLevel>> ListLevelsAsync(StockSale sale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        return new(_sales.With<IReadOnlyList<StockLevel>>(sale.Name, rows => [.. rows.Items.Select(item => item.ToLevel()).OrderBy(level => level.Sku, StringComparer.Ordinal)], []));
    }

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<StockReservation>> ListDueAsync(StockSale sale, TimeSpan grace, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var before = Now - grace;
        return new(_sales.With<IReadOnlyList<StockReservation>>(
            sale.Name,
            rows =>
            {
                var due = new List<StockReservationRow>();
                while (due.Count < limit && rows.Deadlines.TryPeek(out var row, out var deadline) && deadline < before)
                {
                    rows.Deadlines.Dequeue();
                    if (row.State == ReservationState.Reserved)
                    {
                        due.Add(row);
                    }
                }

                // Looking is not taking: whoever asked may never come back.
                due.ForEach(row => rows.Deadlines.Enqueue(row, row.Deadline));
                return [.. due.Select(row => row.ToReservation())];
            },
            []));
    }

    /// <inheritdoc />
    public ValueTask<int> ExpireAsync(StockSale sale, IReadOnlyList<StockOrder> orders, TimeSpan grace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        ArgumentNullException.ThrowIfNull(orders);
        var before = Now - grace;
        return new(Judge(
            sale.Name,
            (rows, book) => orders.Count(order =>
            {
                var expired = book.Expire(order.Id, before);
                if (expired)
                {
                    Remember(rows, order.Id);
                }

                return expired;
            }),
            static _ => 0));
    }

    /// <inheritdoc />
    public ValueTask<int> SettleAsync(StockSale sale, int limit, CancellationToken cancellationToken) => new(0);

    /// <inheritdoc />
    public ValueTask<FactOutcome> ApplyFactAsync(StockFact fact, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return new(Judge(
            fact.Order.Sale,
            (rows, book) =>
            {
                var outcome = book.Apply(fact);
                if (outcome is FactOutcome.Confirmed or FactOutcome.Taken or FactOutcome.Released)
                {
                    Remember(rows, fact.Order.Id);
                }

                return outcome;
            },
            static _ => FactOutcome.Unavailable));
    }

    /// <inheritdoc />
    public ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        var before = Now - retention;
        var count = 0;
        foreach (var rows in _sales.All)
        {
            lock (rows)
            {
                for (; count < limit && rows.Ended.TryPeek(out var ended) && ended.EndedAt < before; count++)
                {
                    var (row, endedAt) = rows.Ended.Dequeue();

                    // A fact may have moved it once more since.
                    if (row.MovedAt == endedAt)
                    {
                        rows.Forget(row);
                    }
                }

                for (; count < limit && rows.Changes.TryPeek(out var change) && change.MadeAt < before; count++)
                {
                    rows.Forget(rows.Changes.Dequeue());
                }
            }
        }

        return new(count);
    }

    private StockMove End(StockOrder order, Func<StockBook, StockMove> judge) => Judge(
        order.Sale,
        (rows, book) =>
        {
            var before = rows.FindReservation(order.Id)?.State;
            var move = judge(book);
            if (rows.FindReservation(order.Id) is { } row && row.State != before)
            {
                Remember(rows, order.Id);
            }

            return move;
        },
        static _ => StockMove.Unavailable);

    private static void Remember(MemoryStockRows rows, string orderId)
    {
        var row = rows.FindReservation(orderId)!;
        rows.Ended.Enqueue((row, row.MovedAt));
    }

    private T With<T>(string sale, Func<StockBook, T> judge, Func<StopReason, T> stopped) => Judge(sale, (_, book) => judge(book), stopped);

    private T Judge<T>(string sale, Func<MemoryStockRows, StockBook, T> judge, Func<StopReason, T> stopped) => _sales.With(
        sale,
        rows => rows.IsRebuilding ? stopped(StopReason.Rebuilding) : judge(rows, new StockBook(sale, rows, Now)),
        stopped(StopReason.NotOpen));
}
