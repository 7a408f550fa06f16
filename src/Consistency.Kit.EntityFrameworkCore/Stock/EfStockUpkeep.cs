using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock;

/// <summary>Keeps the stock in a database in order.</summary>
internal sealed class EfStockUpkeep(EfStore shared, StockGroups groups, KnownSales known) : IStockUpkeep
{
    public ValueTask<IReadOnlyList<StockSale>> ListSalesAsync(CancellationToken cancellationToken) => known.ListAsync(cancellationToken);

    public ValueTask<IReadOnlyList<StockLevel>> ListLevelsAsync(StockSale sale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        var name = sale.Name;
        return shared.Contexts.WithAsync<IReadOnlyList<StockLevel>>(
            async (context, token) =>
            {
                var rows = await context.Set<StockItemRow>().AsNoTracking().Where(row => row.Sale == name).ToListAsync(token).ConfigureAwait(false);
                return [.. rows.Select(row => row.ToLevel()).OrderBy(level => level.Sku, StringComparer.Ordinal)];
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<StockReservation>> ListDueAsync(StockSale sale, TimeSpan grace, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var (name, before) = (sale.Name, shared.Clock.Now - grace);
        return shared.Contexts.WithAsync<IReadOnlyList<StockReservation>>(
            async (context, token) =>
            {
                var rows = await context.Set<StockReservationRow>().AsNoTracking()
                    .Where(row => row.Sale == name && row.State == ReservationState.Reserved && row.Deadline < before)
                    .OrderBy(row => row.Deadline).Take(limit).ToListAsync(token).ConfigureAwait(false);
                return [.. rows.Select(TryRead).OfType<StockReservation>()];
            },
            cancellationToken);
    }

    public ValueTask<int> ExpireAsync(StockSale sale, IReadOnlyList<StockOrder> orders, TimeSpan grace, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        ArgumentNullException.ThrowIfNull(orders);
        var before = shared.Clock.Now - grace;
        return orders.Count == 0
            ? new(0)
            : groups.RunAsync(
                sale.Name,
                new StockCall<int>(book => orders.Count(order => book.Expire(order.Id, before))) { Orders = [.. orders.Select(order => order.Id)], EndsReservations = true },
                cancellationToken);
    }

    public async ValueTask<int> SettleAsync(StockSale sale, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sale);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var name = sale.Name;
        var orders = await shared.Contexts.WithAsync(
            (context, token) => context.Set<StockReservationRow>().AsNoTracking()
                .Where(row => row.Sale == name && (row.State == ReservationState.Accepted || row.State == ReservationState.GivenUp || row.State == ReservationState.Returned))
                .OrderBy(row => row.Deadline).Take(limit).Select(row => row.OrderId).ToListAsync(token),
            cancellationToken).ConfigureAwait(false);
        return orders.Count == 0
            ? 0
            : await groups.RunAsync(
                name,
                new StockCall<int>(book => orders.Count(order => book.Settle(order) is not null)) { Orders = orders, EndsReservations = true },
                cancellationToken).ConfigureAwait(false);
    }

    public ValueTask<FactOutcome> ApplyFactAsync(StockFact fact, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fact);
        return groups.RunAsync(
            fact.Order.Sale,
            new StockCall<FactOutcome>(book => book.Apply(fact))
            {
                Orders = [fact.Order.Id],
                Skus = fact.Lines?.Select(line => line.Sku) ?? [],
                Customer = fact.Customer,
                EndsReservations = true,
            },
            cancellationToken);
    }

    public async ValueTask<int> CollectAsync(TimeSpan retention, int limit, CancellationToken cancellationToken)
    {
        var before = shared.Clock.Now - retention;
        var count = await shared.Contexts.WriteAsync(
            (context, token) => context.Set<StockReservationRow>()
                .Where(row => row.MovedAt < before && (row.State == ReservationState.Confirmed || row.State == ReservationState.Released || row.State == ReservationState.Expired))
                .OrderBy(row => row.MovedAt)
                .Take(limit)
                .ExecuteDeleteAsync(token),
            cancellationToken).ConfigureAwait(false);
        return count < limit
            ? count + await shared.Contexts.WriteAsync(
                (context, token) => context.Set<StockChangeRow>().Where(row => row.MadeAt < before).OrderBy(row => row.MadeAt).Take(limit - count).ExecuteDeleteAsync(token),
                cancellationToken).ConfigureAwait(false)
            : count;
    }

    /// <summary>What cannot be read keeps nobody else from being given back.</summary>
    private static StockReservation? TryRead(StockReservationRow row)
    {
        try
        {
            return row.ToReservation();
        }
        catch (StockUnreadableException)
        {
            return null;
        }
    }
}
