using Consistency.Kit.Stock;

namespace Consistency.Kit.Conformance.Stock;

/// <summary>What stock promises, said another way: it keeps orders only, and counts again whenever it is asked. Every backend has to agree with it call by call.</summary>
public sealed class StockModel
{
    private readonly Dictionary<string, Entry> _orders = [];
    private readonly SortedDictionary<string, long> _initial = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string)> _changes = [];
    private bool? _isOpen;

    /// <summary>What there is of each item.</summary>
    public IReadOnlyList<StockLevel> Levels => [.. _initial.Keys.Select(Level)];

    /// <summary>Where an order stands; null for an unknown one.</summary>
    /// <param name="order">The order.</param>
    public ReservationState? StateOf(string order) => _orders.TryGetValue(order, out var entry) ? entry.State : null;

    /// <summary>Makes a call.</summary>
    /// <returns>The answer a backend has to give, as text.</returns>
    public string Run(StockStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        switch (step.Kind)
        {
            case StockStepKind.Open:
                _isOpen = true;
                return "opened";
            case StockStepKind.Close:
                _isOpen = _isOpen is null ? null : false;
                return "closed";
            case StockStepKind.Reserve:
                return Reserve(step);
            case StockStepKind.Set or StockStepKind.Add:
                return Adjust(step);
            case StockStepKind.Fact:
                return Fact(step);
            case StockStepKind.Return:
                return Return(step);
            case StockStepKind.Expire:
                var held = _orders.Values.Where(entry => entry.State == ReservationState.Reserved).ToList();
                held.ForEach(entry => entry.State = ReservationState.Expired);
                return $"{held.Count} expired";
            default:
                return End(step);
        }
    }

    private string Reserve(StockStep step)
    {
        if (_orders.TryGetValue(step.Order, out var known))
        {
            return known.Lines.Length > 0 && (known.Lines, known.Customer) != (step.Lines, step.Customer) ? "Conflict"
                : known.State is ReservationState.Expired or ReservationState.Released ? $"{known.State}"
                : $"Replayed {known.State}";
        }

        if (_isOpen != true)
        {
            return $"SellingStopped {(_isOpen is null ? StopReason.NotOpen : StopReason.Closed)}";
        }

        var lines = StockLines.Parse(step.Lines);
        var few = lines.Where(line => Left(line.Sku) < line.Quantity).ToList();
        if (few.Count > 0)
        {
            return $"Insufficient {string.Join(' ', few.Select(line => $"{line.Sku} {Left(line.Sku)}"))}";
        }

        long Has(string sku) => Count(sku, entry => entry.Customer == step.Customer && entry.State is ReservationState.Reserved or ReservationState.Confirmed);
        var over = step.Limit is { } limit ? lines.Where(line => Has(line.Sku) + line.Quantity > limit).ToList() : [];
        if (over.Count > 0)
        {
            return $"OverLimit {string.Join(' ', over.Select(line => $"{line.Sku} {Math.Max(0, step.Limit!.Value - Has(line.Sku))}"))}";
        }

        _orders.Add(step.Order, new Entry { Lines = step.Lines, Customer = step.Customer, State = ReservationState.Reserved });
        return "Reserved";
    }

    private string End(StockStep step)
    {
        var (from, to) = step.Kind == StockStepKind.Confirm ? (ReservationState.Reserved, ReservationState.Confirmed) : (ReservationState.Reserved, ReservationState.Released);
        if (!_orders.TryGetValue(step.Order, out var entry))
        {
            if (_isOpen is null)
            {
                return "Unavailable";
            }

            if (step.Kind == StockStepKind.Release)
            {
                _orders.Add(step.Order, new Entry { State = ReservationState.Released });
            }

            return "NotFound";
        }

        if (entry.State != from)
        {
            return entry.State == to ? "Repeated" : $"{entry.State}";
        }

        entry.State = to;
        return "Done";
    }

    private string Fact(StockStep step)
    {
        if (_isOpen is null)
        {
            return "Unavailable";
        }

        _orders.TryGetValue(step.Order, out var entry);
        if (entry?.State == ReservationState.Confirmed)
        {
            return "Repeated";
        }

        if (entry is { State: ReservationState.Reserved } && entry.Lines == step.Lines)
        {
            entry.State = ReservationState.Confirmed;
            return "Confirmed";
        }

        foreach (var line in StockLines.Parse(step.Lines))
        {
            _initial.TryAdd(line.Sku, 0);
        }

        _orders[step.Order] = new Entry { Lines = step.Lines, Customer = step.Customer, State = ReservationState.Confirmed };
        return "Taken";
    }

    private string Return(StockStep step)
    {
        if (_isOpen is null)
        {
            return "Unavailable";
        }

        if (_orders.TryGetValue(step.Order, out var entry) && entry.State is ReservationState.Released or ReservationState.Expired)
        {
            return "Repeated";
        }

        _orders[step.Order] = new Entry { Lines = entry?.Lines ?? "", Customer = entry?.Customer, State = ReservationState.Released };
        return "Released";
    }

    private string Adjust(StockStep step)
    {
        if (_isOpen is null)
        {
            return "Unavailable";
        }

        var initial = _initial.GetValueOrDefault(step.Sku);
        var change = step.Kind == StockStepKind.Set ? step.Quantity - initial : step.Quantity;
        if (step.Kind == StockStepKind.Add && _changes.Contains((step.Sku, step.Order)))
        {
            return $"Repeated {Level(step.Sku)}";
        }

        var level = Level(step.Sku);
        if (change < 0 && level.Available - level.Oversold + change < 0)
        {
            return $"Insufficient {level}";
        }

        _initial[step.Sku] = initial + change;
        if (step.Kind == StockStepKind.Add)
        {
            _changes.Add((step.Sku, step.Order));
        }

        return $"Done {Level(step.Sku)}";
    }

    private StockLevel Level(string sku)
    {
        var reserved = Count(sku, entry => entry.State == ReservationState.Reserved);
        var sold = Count(sku, entry => entry.State == ReservationState.Confirmed);
        var initial = _initial.GetValueOrDefault(sku);
        return StockLevel.Of(sku, initial, initial - reserved - sold, reserved, sold);
    }

    private long Left(string sku) => Level(sku).Available;

    private long Count(string sku, Func<Entry, bool> which) =>
        _orders.Values.Where(entry => entry.Lines.Length > 0 && which(entry)).SelectMany(entry => StockLines.Parse(entry.Lines)).Where(line => line.Sku == sku).Sum(line => line.Quantity);

    private sealed class Entry
    {
        internal string Lines { get; init; } = "";

        internal string? Customer { get; init; }

        internal ReservationState State { get; set; }
    }
}
