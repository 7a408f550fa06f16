namespace Consistency.Kit.Stock.Internal;

/// <summary>The rows of one sale in memory.</summary>
internal sealed class MemoryStockRows(string name) : IStockRows
{
    private readonly Dictionary<string, StockItemRow> _items = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StockReservationRow> _reservations = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string), StockCustomerRow> _customers = [];
    private readonly Dictionary<(string, string), StockChangeRow> _changes = [];

    public StockSaleRow? Sale { get; } = new() { Sale = name, IsOpen = true, Epoch = 1 };

    /// <summary>Whether a rebuild has begun and not ended: nothing of what is here can be trusted.</summary>
    internal bool IsRebuilding { get; set; }

    /// <summary>When the last rebuild took its last step.</summary>
    internal long RebuildMovedAt { get; set; }

    internal IEnumerable<StockItemRow> Items => _items.Values;

    internal IEnumerable<StockReservationRow> Reservations => _reservations.Values;

    // Reservations leave the order they came in; what is due is looked for among those that are held.
    internal PriorityQueue<StockReservationRow, DateTime> Deadlines { get; } = new();

    internal Queue<(StockReservationRow Row, DateTime EndedAt)> Ended { get; } = new();

    internal Queue<StockChangeRow> Changes { get; } = new();

    public StockItemRow? FindItem(string sku) => _items.GetValueOrDefault(sku);

    public StockReservationRow? FindReservation(string orderId) => _reservations.GetValueOrDefault(orderId);

    public StockCustomerRow? FindCustomer(string customer, string sku) => _customers.GetValueOrDefault((customer, sku));

    public StockChangeRow? FindChange(string sku, string changeId) => _changes.GetValueOrDefault((sku, changeId));

    public void Add(StockItemRow row) => _items.Add(row.Sku, row);

    public void Add(StockReservationRow row)
    {
        _reservations.Add(row.OrderId, row);
        if (row.State == ReservationState.Reserved)
        {
            Deadlines.Enqueue(row, row.Deadline);
        }
    }

    public void Add(StockCustomerRow row) => _customers.Add((row.Customer, row.Sku), row);

    public void Add(StockChangeRow row)
    {
        _changes.Add((row.Sku, row.ChangeId), row);
        Changes.Enqueue(row);
    }

    internal void Forget(StockReservationRow row) => _reservations.Remove(row.OrderId);

    internal void Forget(StockChangeRow row) => _changes.Remove((row.Sku, row.ChangeId));

    /// <summary>Forgets items, reservations and what customers have; changes that were made stay made.</summary>
    internal void Clear()
    {
        _items.Clear();
        _reservations.Clear();
        _customers.Clear();
        Deadlines.Clear();
        Ended.Clear();
    }
}
