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
        _runtime = context.GetService<IDbContextOptions>().FindExtension<KitOptionsExtension>()?.Runtime
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
    /// <see cref="StockGateException"/>, and nothing is committed. An order can be accepted once.</para>
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
        _context.Outbox.Publish(new StockAccepted(sale, order, reserved.Lines.Text, reserved.Customer), $"{sale}/{order}");
        gate.IsUsed = true;
    }
}
