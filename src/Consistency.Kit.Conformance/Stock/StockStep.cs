using Consistency.Kit.Stock;

namespace Consistency.Kit.Conformance.Stock;

/// <summary>One call on a store of stock.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Order">The order, for calls that name one.</param>
/// <param name="Lines">The lines of a cart, as their text.</param>
/// <param name="Customer">Who asks.</param>
/// <param name="Limit">The limit per customer.</param>
/// <param name="Sku">The item, for calls that name one.</param>
/// <param name="Quantity">How many.</param>
public sealed record StockStep(StockStepKind Kind, string Order = "", string Lines = "", string? Customer = null, long? Limit = null, string Sku = "", long Quantity = 0)
{
    private static readonly string[] Carts = ["a 1", "a 2", "a 1 b 1", "b 3", "a 2 b 2", "b 1 c 1"];

    /// <summary>Draws a call.</summary>
    public static StockStep Draw(Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
#pragma warning disable CA5394 // A test's own dice.
        var order = $"o{random.Next(6)}";
        var sku = random.Next(2) == 0 ? "a" : "b";
        var customer = random.Next(3) == 0 ? "k" : null;
        var cart = Carts[random.Next(Carts.Length)];
        return random.Next(22) switch
        {
            < 8 => new(StockStepKind.Reserve, order, cart, customer, customer is not null && random.Next(2) == 0 ? 2 : null),
            < 10 => new(StockStepKind.Confirm, order),
            < 13 => new(StockStepKind.Release, order),
            < 15 => new(StockStepKind.Fact, order, cart, customer),
            15 => new(StockStepKind.Expire),
            16 => new(StockStepKind.Set, Sku: sku, Quantity: random.Next(8)),
            17 => new(StockStepKind.Add, $"x{random.Next(3)}", Sku: sku, Quantity: random.Next(2) == 0 ? 2 : -2),
            18 => new(StockStepKind.Close),
            < 21 => new(StockStepKind.Return, order),
            _ => new(StockStepKind.Open),
        };
#pragma warning restore CA5394
    }

    /// <summary>Makes the call on a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="sale">The sale.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The answer, as text.</returns>
    public async Task<string> RunAsync(StockStore store, string sale, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        switch (Kind)
        {
            case StockStepKind.Reserve:
                var request = new ReserveRequest(new StockOrder(sale, Order), StockLines.Parse(Lines), TimeSpan.FromHours(1)) { Customer = Customer, LimitPerCustomer = Limit };
                return Text(await store.Stock.ReserveAsync(request, cancellationToken));
            case StockStepKind.Confirm:
                return $"{await store.Stock.ConfirmAsync(new StockOrder(sale, Order), cancellationToken)}";
            case StockStepKind.Release:
                return $"{await store.Stock.ReleaseAsync(new StockOrder(sale, Order), cancellationToken)}";
            case StockStepKind.Fact:
                return $"{await store.Upkeep.ApplyFactAsync(new StockFact(new StockOrder(sale, Order), StockLines.Parse(Lines), Customer), cancellationToken)}";
            case StockStepKind.Return:
                return $"{await store.Upkeep.ApplyFactAsync(new StockFact(new StockOrder(sale, Order), null) { IsReleased = true }, cancellationToken)}";
            case StockStepKind.Expire:
                var ahead = TimeSpan.FromDays(-1);
                var due = await store.Upkeep.ListDueAsync(new StockSale(sale), ahead, 100, cancellationToken);
                return $"{await store.Upkeep.ExpireAsync(new StockSale(sale), [.. due.Select(reservation => reservation.Order)], ahead, cancellationToken)} expired";
            case StockStepKind.Set:
                return Text(await store.Sales.SetAsync(new StockItem(sale, Sku), Quantity, cancellationToken));
            case StockStepKind.Add:
                return Text(await store.Sales.AddAsync(new StockItem(sale, Sku), Quantity, Order, cancellationToken));
            case StockStepKind.Close:
                await store.Sales.CloseAsync(new StockSale(sale), cancellationToken);
                return "closed";
            default:
                await store.Sales.OpenAsync(new StockSale(sale), cancellationToken);
                return "opened";
        }
    }

    /// <inheritdoc />
    public override string ToString() => Kind switch
    {
        StockStepKind.Reserve => $"Reserve({Order}: {Lines}{(Customer is null ? "" : $", {Customer}, limit {Limit}")})",
        StockStepKind.Fact => $"Fact({Order}: {Lines}{(Customer is null ? "" : $", {Customer}")})",
        StockStepKind.Confirm or StockStepKind.Release or StockStepKind.Return => $"{Kind}({Order})",
        StockStepKind.Set => $"Set({Sku}, {Quantity})",
        StockStepKind.Add => $"Add({Sku}, {Quantity}, {Order})",
        _ => $"{Kind}",
    };

    /// <summary>A reserve's answer without its times.</summary>
    internal static string Text(ReserveOutcome outcome) => outcome switch
    {
        ReserveOutcome.Replayed replayed => $"Replayed {replayed.State}",
        ReserveOutcome.Insufficient few => $"Insufficient {string.Join(' ', few.Lines.Select(line => $"{line.Sku} {line.Quantity}"))}",
        ReserveOutcome.OverLimit over => $"OverLimit {string.Join(' ', over.Lines.Select(line => $"{line.Sku} {line.Quantity}"))}",
        ReserveOutcome.SellingStopped stopped => $"SellingStopped {stopped.Reason}",
        _ => outcome.GetType().Name,
    };

    private static string Text(AdjustOutcome outcome) => outcome switch
    {
        AdjustOutcome.Done done => $"Done {done.Level}",
        AdjustOutcome.Repeated repeated => $"Repeated {repeated.Level}",
        AdjustOutcome.Insufficient few => $"Insufficient {few.Level}",
        _ => "Unavailable",
    };
}
