using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Stock;

/// <summary>Lets orders and their stock commit together.</summary>
/// <remarks>Not thread-safe, like the context.</remarks>
public sealed class DbStock
{
    private readonly DbContext _context;
    private readonly KitRuntime _runtime;

    internal DbStock(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _runtime = KitRuntime.Find(context)
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} has no stock: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{context.GetType().Name}>()…) and take the context from the services.");
    }

    /// <summary>Accepts an order with this context's next <c>SaveChanges</c>: it commits if and only if it has its stock.</summary>
    /// <param name="reserved">What was asked of <see cref="IStock.ReserveAsync"/>, and reserved.</param>
    /// <remarks>
    /// <para>Where the stock is in this database, the save moves the order's own reservation, which does not expire from then on, and touches no
    /// row that orders share. Where it is elsewhere, the ledger in this database gives the pieces when the transaction commits, whatever the
    /// other store has answered, and the store is told through the outbox.</para>
    /// <para>When the reservation is gone, or the ledger has not enough left, the save or the commit fails with
    /// <see cref="StockGateException"/>, and nothing is committed; what the other store holds for the order is released soon. An order can be
    /// accepted once, and not after it was released.</para>
    /// </remarks>
    /// <exception cref="ConsistencyConfigurationException">The stock is kept elsewhere, and this database has no ledger for it.</exception>
    public void Accept(ReserveRequest reserved)
    {
        ArgumentNullException.ThrowIfNull(reserved);
        var gate = _context.GetService<StockGate>();
        var now = _runtime.Shared.Clock.Now;
        var (sale, order) = (reserved.Order.Sale, reserved.Order.Id);
        if (!_runtime.HasLedger)
        {
            var row = new StockReservationRow { Sale = sale, OrderId = order, State = ReservationState.Reserved };
            _context.Attach(row);
            (row.State, row.MovedAt) = (ReservationState.Accepted, now);
            gate.Accept(row);
            return;
        }

        _context.Add(new StockFactRow { Sale = sale, OrderId = order, Lines = reserved.Lines.Text, Customer = reserved.Customer, AcceptedAt = now });
        _context.Outbox.Publish(new StockAccepted(sale, order, reserved.Lines.Text, reserved.Customer), Key(reserved.Order));
        gate.IsUsed = true;
    }

    /// <summary>Releases an order with this context's next <c>SaveChanges</c>: a cancelled or rejected order gives back what it holds, or what it has bought.</summary>
    /// <param name="order">The order, accepted or not.</param>
    /// <param name="cancellationToken">Cancels the look at where the order stands.</param>
    /// <remarks>
    /// <para>Commits with the order's own change, or not at all. Repeating it changes nothing. An order that is not known is marked, so that it
    /// cannot be accepted any more; an expired one stays so.</para>
    /// <para>Where the stock is in this database, the pieces are available after the next sweep. Where it is elsewhere, the ledger has them at
    /// the commit, and the store is told through the outbox. When two transactions decide about one order at once, the later one fails with
    /// <see cref="DbUpdateException"/> and may be repeated with a new context.</para>
    /// </remarks>
    /// <returns>Whether pieces come back that the order had; false for an order that had none, or has given them back.</returns>
    /// <exception cref="InvalidOperationException">The order was accepted by this context and is not saved yet.</exception>
    /// <exception cref="ConsistencyConfigurationException">The stock is kept elsewhere, and this database has no ledger for it.</exception>
    public async ValueTask<bool> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(order);
        return _runtime.HasLedger
            ? await ReleaseInLedgerAsync(order, cancellationToken).ConfigureAwait(false)
            : await ReleaseHereAsync(order, cancellationToken).ConfigureAwait(false);
    }

    private static string Key(StockOrder order) => $"{order.Sale}/{order.Id}";

    private async ValueTask<bool> ReleaseInLedgerAsync(StockOrder order, CancellationToken cancellationToken)
    {
        var row = await _context.Set<StockFactRow>().FindAsync([order.Sale, order.Id], cancellationToken).ConfigureAwait(false);
        if (row is { IsReleased: true })
        {
            return false;
        }

        if (row is null)
        {
            _context.Add(new StockFactRow { Sale = order.Sale, OrderId = order.Id, AcceptedAt = _runtime.Shared.Clock.Now, IsReleased = true });
        }
        else
        {
            var entry = _context.Entry(row);
            if (entry.State == EntityState.Added)
            {
                throw new InvalidOperationException($"{order} was accepted by this context and is not saved: save it before it is released, or clear the change tracker.");
            }

            // A store that takes note meanwhile makes no difference: what it is told of next is written whatever was read.
            (row.WasTold, row.IsTold, row.IsReleased) = (row.IsTold, false, true);
            entry.Property(fact => fact.IsTold).IsModified = true;
            entry.Property(fact => fact.IsReleased).IsModified = true;
        }

        _context.Outbox.Publish(new StockReleased(order.Sale, order.Id), Key(order));
        _context.GetService<StockGate>().IsUsed = true;
        return row is not null;
    }

    private async ValueTask<bool> ReleaseHereAsync(StockOrder order, CancellationToken cancellationToken)
    {
        var now = _runtime.Shared.Clock.Now;
        var row = await _context.Set<StockReservationRow>().FindAsync([order.Sale, order.Id], cancellationToken).ConfigureAwait(false);
        switch (row?.State)
        {
            case null:
                _context.Add(new StockReservationRow { Sale = order.Sale, OrderId = order.Id, State = ReservationState.Released, Deadline = now, MovedAt = now });
                return false;
            case ReservationState.Reserved or ReservationState.Accepted:
                (row.State, row.MovedAt) = (ReservationState.GivenUp, now);
                return true;
            case ReservationState.Confirmed:
                (row.State, row.MovedAt) = (ReservationState.Returned, now);
                return true;
            default:
                return false;
        }
    }
}
