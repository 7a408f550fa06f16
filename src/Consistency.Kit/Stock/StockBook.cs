using Consistency.Kit.Stock.Internal;

namespace Consistency.Kit.Stock;

/// <summary>The rules of stock, on the rows of one sale. Stores that keep rows load them, let the book judge, and write what it changed.</summary>
/// <remarks>No I/O. A call either changes every row it has to, or none.</remarks>
/// <param name="sale">The name of the sale.</param>
/// <param name="rows">Its rows.</param>
/// <param name="now">The store's clock, in UTC.</param>
public sealed class StockBook(string sale, IStockRows rows, DateTime now)
{
    /// <summary>As <see cref="IStock.ReserveAsync"/>.</summary>
    /// <param name="request">The request.</param>
    public ReserveOutcome Reserve(ReserveRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Check();
        if (rows.FindReservation(request.Order.Id) is { } found)
        {
            return Known(found, request);
        }

        if (rows.Sale is not { IsOpen: true })
        {
            return new ReserveOutcome.SellingStopped(rows.Sale is null ? StopReason.NotOpen : StopReason.Closed);
        }

        var missing = request.Lines.Where(line => Left(line.Sku) < line.Quantity).Select(line => line with { Quantity = Left(line.Sku) }).ToList();
        if (missing.Count > 0)
        {
            return new ReserveOutcome.Insufficient(missing);
        }

        if (request is { Customer: { } customer, LimitPerCustomer: { } limit })
        {
            var over = request.Lines.Where(line => Taken(customer, line.Sku) + line.Quantity > limit)
                .Select(line => line with { Quantity = Math.Max(0, limit - Taken(customer, line.Sku)) }).ToList();
            if (over.Count > 0)
            {
                return new ReserveOutcome.OverLimit(over);
            }
        }

        var row = new StockReservationRow
        {
            Sale = sale,
            OrderId = request.Order.Id,
            State = ReservationState.Reserved,
            Lines = request.Lines.Text,
            Customer = request.Customer,
            Deadline = now + request.Hold,
            MovedAt = now,
        };
        rows.Add(row);
        Move(request.Lines, request.Customer, available: -1, reserved: 1, sold: 0, taken: 1);
        return new ReserveOutcome.Reserved(Utc(row.Deadline));
    }

    /// <summary>As <see cref="IStock.ConfirmAsync"/>.</summary>
    /// <param name="orderId">The order.</param>
    public StockMove Confirm(string orderId)
    {
        if (rows.FindReservation(orderId) is not { } row)
        {
            return rows.Sale is null ? StockMove.Unavailable : StockMove.NotFound;
        }

        switch (row.State)
        {
            case ReservationState.Reserved or ReservationState.Accepted:
                Move(row.ParseLines(), row.Customer, available: 0, reserved: -1, sold: 1, taken: 0);
                End(row, ReservationState.Confirmed);
                return StockMove.Done;
            case ReservationState.Confirmed:
                return StockMove.Repeated;
            default:
                return row.State == ReservationState.Expired ? StockMove.Expired : StockMove.Released;
        }
    }

    /// <summary>As <see cref="IStock.ReleaseAsync"/>.</summary>
    /// <param name="orderId">The order.</param>
    public StockMove Release(string orderId)
    {
        if (rows.FindReservation(orderId) is not { } row)
        {
            if (rows.Sale is null)
            {
                return StockMove.Unavailable;
            }

            rows.Add(new StockReservationRow { Sale = sale, OrderId = orderId, State = ReservationState.Released, Deadline = now, MovedAt = now });
            return StockMove.NotFound;
        }

        switch (row.State)
        {
            case ReservationState.Reserved or ReservationState.Accepted:
                GiveBack(row, ReservationState.Released);
                return StockMove.Done;
            case ReservationState.Released or ReservationState.GivenUp or ReservationState.Returned:
                return StockMove.Repeated;
            default:
                return row.State == ReservationState.Expired ? StockMove.Expired : StockMove.Confirmed;
        }
    }

    /// <summary>Gives a reservation back when its deadline is before a time.</summary>
    /// <param name="orderId">The order.</param>
    /// <param name="before">The time, in UTC.</param>
    /// <returns>Whether it was given back now. A row that cannot be read is left alone.</returns>
    public bool Expire(string orderId, DateTime before)
    {
        if (rows.FindReservation(orderId) is not { State: ReservationState.Reserved } row || row.Deadline >= before || !IsReadable(row))
        {
            return false;
        }

        GiveBack(row, ReservationState.Expired);
        return true;
    }

    /// <summary>Brings to its end what a committed order has accepted, given up or returned.</summary>
    /// <param name="orderId">The order.</param>
    /// <returns>What it came to; null when there is nothing to end. A row that cannot be read is left alone.</returns>
    public ReservationState? Settle(string orderId)
    {
        if (rows.FindReservation(orderId) is not { State: ReservationState.Accepted or ReservationState.GivenUp or ReservationState.Returned } row || !IsReadable(row))
        {
            return null;
        }

        if (row.State == ReservationState.Accepted)
        {
            Confirm(orderId);
        }
        else
        {
            GiveBack(row, ReservationState.Released);
        }

        return row.State;
    }

    /// <summary>As <see cref="IStockUpkeep.ApplyFactAsync"/>.</summary>
    /// <param name="fact">The order and its lines.</param>
    public FactOutcome Apply(StockFact fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        var row = rows.FindReservation(fact.Order.Id);
        if (row is null && rows.Sale is null)
        {
            return FactOutcome.Unavailable;
        }

        if (fact.IsReleased)
        {
            return ApplyRelease(fact, row);
        }

        var lines = fact.RequireLines();
        if (row?.State == ReservationState.Confirmed)
        {
            return FactOutcome.Repeated;
        }

        if (row?.State is ReservationState.Reserved or ReservationState.Accepted && row.Lines == lines.Text)
        {
            Confirm(row.OrderId);
            return FactOutcome.Confirmed;
        }

        if (row is null)
        {
            rows.Add(row = new StockReservationRow { Sale = sale, OrderId = fact.Order.Id, Deadline = now });
        }
        else if (row.State is not (ReservationState.Released or ReservationState.Expired))
        {
            // The ledger is right: what was held for other lines goes back.
            GiveBack(row, ReservationState.Released);
        }

        (row.Lines, row.Customer) = (lines.Text, fact.Customer);
        End(row, ReservationState.Confirmed);
        Move(lines, fact.Customer, available: -1, reserved: 0, sold: 1, taken: 1);
        return FactOutcome.Taken;
    }

    /// <summary>As <see cref="IStockSales.SetAsync"/>.</summary>
    /// <param name="sku">The item.</param>
    /// <param name="initial">What is on sale in all.</param>
    /// <exception cref="ArgumentOutOfRangeException">The amount is below 0 or above the limit.</exception>
    public AdjustOutcome Set(string sku, long initial)
    {
        CheckInitial(initial);
        return rows.Sale is null ? new AdjustOutcome.Unavailable(StopReason.NotOpen) : Adjust(sku, initial - (rows.FindItem(sku)?.Initial ?? 0));
    }

    /// <summary>As <see cref="IStockSales.AddAsync"/>.</summary>
    /// <param name="sku">The item.</param>
    /// <param name="quantity">How many more.</param>
    /// <param name="changeId">The change.</param>
    /// <exception cref="ArgumentException">The quantity or the id is out of its bounds.</exception>
    /// <exception cref="InvalidOperationException">There would be more than there can be.</exception>
    public AdjustOutcome Add(string sku, long quantity, string changeId)
    {
        CheckChange(quantity, changeId);
        if (rows.Sale is null)
        {
            return new AdjustOutcome.Unavailable(StopReason.NotOpen);
        }

        if (rows.FindChange(sku, changeId) is not null)
        {
            return new AdjustOutcome.Repeated(rows.FindItem(sku)!.ToLevel());
        }

        if ((rows.FindItem(sku)?.Initial ?? 0) + quantity > StockLines.MaxInitial)
        {
            throw TooMany(sku);
        }

        var outcome = Adjust(sku, quantity);
        if (outcome is AdjustOutcome.Done)
        {
            rows.Add(new StockChangeRow { Sale = sale, Sku = sku, ChangeId = changeId, MadeAt = now });
        }

        return outcome;
    }

    /// <summary>Checks what is to be put on sale.</summary>
    /// <param name="initial">The amount.</param>
    /// <exception cref="ArgumentOutOfRangeException">The amount is below 0 or above the limit.</exception>
    public static void CheckInitial(long initial)
    {
        if (initial is < 0 or > StockLines.MaxInitial)
        {
            throw new ArgumentOutOfRangeException(nameof(initial), initial, $"What is on sale must be 0 to {StockLines.MaxInitial}.");
        }
    }

    /// <summary>Checks a change to what is on sale.</summary>
    /// <param name="quantity">How many more.</param>
    /// <param name="changeId">The change.</param>
    /// <exception cref="ArgumentException">One of them is out of its bounds.</exception>
    public static void CheckChange(long quantity, string changeId)
    {
        StockName.Checked(changeId, StockOrder.MaxLength, nameof(changeId));
        if (quantity is 0 or > StockLines.MaxInitial or < -StockLines.MaxInitial)
        {
            throw new ArgumentOutOfRangeException(nameof(quantity), quantity, $"A change must not be 0, nor more than {StockLines.MaxInitial} either way.");
        }
    }

    /// <summary>What is thrown when there would be more of an item than there can be.</summary>
    /// <param name="sku">The item.</param>
    public static InvalidOperationException TooMany(string sku) =>
        new($"There would be more than {StockLines.MaxInitial} of {sku}; nothing was changed.");

    private static DateTimeOffset Utc(DateTime time) => new(DateTime.SpecifyKind(time, DateTimeKind.Utc));

    private static ReserveOutcome Known(StockReservationRow found, ReserveRequest request) => found.State switch
    {
        _ when found.Lines.Length > 0 && (found.Lines != request.Lines.Text || found.Customer != request.Customer) => new ReserveOutcome.Conflict(),
        ReservationState.Expired => new ReserveOutcome.Expired(),
        ReservationState.Released or ReservationState.GivenUp or ReservationState.Returned => new ReserveOutcome.Released(),
        _ => new ReserveOutcome.Replayed(found.State, Utc(found.Deadline)),
    };

    private FactOutcome ApplyRelease(StockFact fact, StockReservationRow? row)
    {
        switch (row?.State)
        {
            case null when fact.WasTold:
                // Sold, and forgotten since: the items say so still.
                var lines = fact.RequireLines();
                rows.Add(row = new StockReservationRow
                {
                    Sale = sale,
                    OrderId = fact.Order.Id,
                    State = ReservationState.Confirmed,
                    Lines = lines.Text,
                    Customer = fact.Customer,
                    Deadline = now,
                });
                break;
            case null:
                Release(fact.Order.Id);
                return FactOutcome.Released;
            case ReservationState.Released or ReservationState.Expired:
                return FactOutcome.Repeated;
            default:
                break;
        }

        GiveBack(row, ReservationState.Released);
        return FactOutcome.Released;
    }

    /// <summary>Makes available what a reservation holds or has bought.</summary>
    private void GiveBack(StockReservationRow row, ReservationState end)
    {
        var isSold = row.State is ReservationState.Confirmed or ReservationState.Returned;
        Move(row.ParseLines(), row.Customer, available: 1, reserved: isSold ? 0 : -1, sold: isSold ? -1 : 0, taken: -1);
        End(row, end);
    }

    private static bool IsReadable(StockReservationRow row)
    {
        try
        {
            row.ParseLines();
            return true;
        }
        catch (StockUnreadableException)
        {
            return false;
        }
    }

    private AdjustOutcome Adjust(string sku, long change)
    {
        var item = rows.FindItem(sku);
        if (change < 0 && (item?.Available ?? 0) + change < 0)
        {
            return new AdjustOutcome.Insufficient(item?.ToLevel() ?? StockLevel.Of(sku, 0, 0, 0, 0));
        }

        item ??= Added(sku);
        item.Initial += change;
        item.Available += change;
        item.Version++;
        return new AdjustOutcome.Done(item.ToLevel());
    }

    private void Move(StockLines lines, string? customer, int available, int reserved, int sold, int taken)
    {
        foreach (var line in lines)
        {
            var item = rows.FindItem(line.Sku) ?? Added(line.Sku);
            item.Available += available * line.Quantity;
            item.Reserved += reserved * line.Quantity;
            item.Sold += sold * line.Quantity;
            item.Version++;
            if (customer is not null && taken != 0)
            {
                var row = rows.FindCustomer(customer, line.Sku);
                if (row is null)
                {
                    rows.Add(row = new StockCustomerRow { Sale = sale, Customer = customer, Sku = line.Sku });
                }

                // A rebuild forgets what customers have; what they give back of it does not raise their limit.
                row.Taken = Math.Max(0, row.Taken + (taken * line.Quantity));
                row.Version++;
            }
        }
    }

    private void End(StockReservationRow row, ReservationState state)
    {
        row.State = state;
        row.MovedAt = now;
    }

    private StockItemRow Added(string sku)
    {
        var item = new StockItemRow { Sale = sale, Sku = sku };
        rows.Add(item);
        return item;
    }

    private long Left(string sku) => Math.Max(0, rows.FindItem(sku)?.Available ?? 0);

    private long Taken(string customer, string sku) => rows.FindCustomer(customer, sku)?.Taken ?? 0;
}
