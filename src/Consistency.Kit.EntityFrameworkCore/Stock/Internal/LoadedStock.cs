using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>The rows of one sale that a group of calls needs, tracked by a context.</summary>
internal sealed class LoadedStock : IStockRows
{
    private readonly DbContext _context;
    private readonly Dictionary<string, StockItemRow> _items;
    private readonly Dictionary<string, StockReservationRow> _reservations;
    private readonly Dictionary<(string, string), StockCustomerRow> _customers;
    private readonly Dictionary<(string, string), StockChangeRow> _changes;

    private LoadedStock(
        DbContext context,
        StockSaleRow? sale,
        List<StockItemRow> items,
        List<StockReservationRow> reservations,
        List<StockCustomerRow> customers,
        List<StockChangeRow> changes)
    {
        _context = context;
        Sale = sale;
        _items = items.ToDictionary(item => item.Sku, StringComparer.Ordinal);
        _reservations = reservations.ToDictionary(reservation => reservation.OrderId, StringComparer.Ordinal);
        _customers = customers.ToDictionary(customer => (customer.Customer, customer.Sku));
        _changes = changes.ToDictionary(change => (change.Sku, change.ChangeId));
    }

    public StockSaleRow? Sale { get; }

    /// <summary>Loads the rows, the items first: where they are locked, whoever waited for them sees what the one before has written.</summary>
    internal static async Task<LoadedStock> LoadAsync(DbContext context, string sale, IReadOnlyList<StockCall> calls, bool locks, CancellationToken cancellationToken)
    {
        var orders = calls.SelectMany(call => call.Orders).Distinct(StringComparer.Ordinal).ToList();
        var skus = calls.SelectMany(call => call.Skus).ToHashSet(StringComparer.Ordinal);
        var customers = calls.Select(call => call.Customer).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var endings = calls.Where(call => call.EndsReservations).SelectMany(call => call.Orders).Distinct(StringComparer.Ordinal).ToList();
        if (endings.Count > 0)
        {
            foreach (var held in await Reservations(context, sale, endings).AsNoTracking().ToListAsync(cancellationToken).ConfigureAwait(false))
            {
                skus.UnionWith(Skus(held));

                if (held.Customer is not null)
                {
                    customers.Add(held.Customer);
                }
            }
        }

        List<string> wanted = [.. skus];
        var items = await (locks ? Locked(context, sale, wanted) : context.Set<StockItemRow>().Where(row => row.Sale == sale && wanted.Contains(row.Sku)))
            .ToListAsync(cancellationToken).ConfigureAwait(false);
        var found = await context.Set<StockSaleRow>().FirstOrDefaultAsync(row => row.Sale == sale, cancellationToken).ConfigureAwait(false);
        var reservations = orders.Count == 0 ? [] : await Reservations(context, sale, orders).ToListAsync(cancellationToken).ConfigureAwait(false);
        List<string> who = [.. customers];
        var had = who.Count == 0
            ? []
            : await context.Set<StockCustomerRow>().Where(row => row.Sale == sale && who.Contains(row.Customer) && wanted.Contains(row.Sku)).ToListAsync(cancellationToken).ConfigureAwait(false);
        var changes = calls.Select(call => call.ChangeId).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        var made = changes.Count == 0
            ? []
            : await context.Set<StockChangeRow>().Where(row => row.Sale == sale && wanted.Contains(row.Sku) && changes.Contains(row.ChangeId)).ToListAsync(cancellationToken).ConfigureAwait(false);
        return new LoadedStock(context, found, items, reservations, had, made);
    }

    public StockItemRow? FindItem(string sku) => _items.GetValueOrDefault(sku);

    public StockReservationRow? FindReservation(string orderId) => _reservations.GetValueOrDefault(orderId);

    public StockCustomerRow? FindCustomer(string customer, string sku) => _customers.GetValueOrDefault((customer, sku));

    public StockChangeRow? FindChange(string sku, string changeId) => _changes.GetValueOrDefault((sku, changeId));

    public void Add(StockItemRow row)
    {
        _items.Add(row.Sku, row);
        _context.Add(row);
    }

    public void Add(StockReservationRow row)
    {
        _reservations.Add(row.OrderId, row);
        _context.Add(row);
    }

    public void Add(StockCustomerRow row)
    {
        _customers.Add((row.Customer, row.Sku), row);
        _context.Add(row);
    }

    public void Add(StockChangeRow row)
    {
        _changes.Add((row.Sku, row.ChangeId), row);
        _context.Add(row);
    }

    /// <summary>What a reservation holds; nothing where it cannot be read, which its own call is told.</summary>
    private static IEnumerable<string> Skus(StockReservationRow held)
    {
        try
        {
            return held.Lines.Length == 0 ? [] : held.ParseLines().Select(line => line.Sku);
        }
        catch (StockUnreadableException)
        {
            return [];
        }
    }

    private static IQueryable<StockReservationRow> Reservations(DbContext context, string sale, List<string> orders) =>
        context.Set<StockReservationRow>().Where(row => row.Sale == sale && orders.Contains(row.OrderId));

#pragma warning disable EF1002 // The name of the kit's own table; values are parameters.
    private static IQueryable<StockItemRow> Locked(DbContext context, string sale, List<string> skus) => context.Set<StockItemRow>().FromSqlRaw(
        $"SELECT * FROM {KitSql.Table<StockItemRow>(context)} WHERE sale = {{0}} AND sku = ANY({{1}}) ORDER BY sku FOR UPDATE", sale, skus);
#pragma warning restore EF1002
}
