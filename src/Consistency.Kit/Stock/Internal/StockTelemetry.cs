using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Stock.Internal;

/// <summary>What stock tells traces and metrics. Sales and orders are named on the caller's span; metrics know stores, and of a sale its name only where they say how much it has.</summary>
internal static class StockTelemetry
{
    private static readonly Counter<long> Reserves = KitDiagnostics.Meter.CreateCounter<long>("consistency.stock.reserves", "{request}", "Requests for stock, by outcome.");
    private static readonly Counter<long> EndedReservations = KitDiagnostics.Meter.CreateCounter<long>("consistency.stock.ended", "{reservation}", "Reservations that ended, by outcome.");
    private static readonly Counter<long> RefusedOrders = KitDiagnostics.Meter.CreateCounter<long>("consistency.stock.refused", "{order}", "Orders that the ledger refused: their reservations were lost.");
    private static readonly Counter<long> RebuiltSales = KitDiagnostics.Meter.CreateCounter<long>("consistency.stock.rebuilds", "{rebuild}", "Sales that were rebuilt from the ledger, by reason.");
    private static readonly Counter<long> Drifts = KitDiagnostics.Meter.CreateCounter<long>("consistency.stock.drifts", "{item}", "Items that differed from the ledger, by whether they were repaired.");
    private static readonly Gauge<long> Available = KitDiagnostics.Meter.CreateGauge<long>("consistency.stock.available", "{piece}", "Pieces that can be reserved.");
    private static readonly Gauge<long> Held = KitDiagnostics.Meter.CreateGauge<long>("consistency.stock.held", "{piece}", "Pieces that reservations hold.");
    private static readonly Gauge<long> Sold = KitDiagnostics.Meter.CreateGauge<long>("consistency.stock.sold", "{piece}", "Pieces that are sold.");
    private static readonly Gauge<int> IntakeStates = KitDiagnostics.Meter.CreateGauge<int>("consistency.stock.intake.state", "{state}", "What an intake rule lets through: 0 all, 1 some, 2 nothing.");
    private static readonly Gauge<double> IntakeValues = KitDiagnostics.Meter.CreateGauge<double>("consistency.stock.intake.value", "1", "What an intake rule measured last, as a share of where it refuses.");

    internal static void Reserved(string store, StockOrder order, ReserveOutcome outcome) => Reserved(
        store,
        order,
        outcome switch
        {
            ReserveOutcome.Reserved => "reserved",
            ReserveOutcome.Replayed => "replayed",
            ReserveOutcome.Insufficient => "insufficient",
            ReserveOutcome.OverLimit => "over_limit",
            ReserveOutcome.Conflict => "conflict",
            ReserveOutcome.Expired => "expired",
            ReserveOutcome.Released => "released",
            ReserveOutcome.SellingStopped stopped => Text(stopped.Reason),
            _ => throw new UnreachableException(),
        });

    /// <summary>A call that was not answered: it may have taken effect.</summary>
    internal static void Unanswered(string store, StockOrder order) => Reserved(store, order, "unknown");

    internal static void Ended(string store, string outcome, long count)
    {
        if (count > 0)
        {
            EndedReservations.Add(count, new KeyValuePair<string, object?>("consistency.store", store), new KeyValuePair<string, object?>("consistency.outcome", outcome));
        }
    }

    internal static void Refused() => RefusedOrders.Add(1);

    internal static void Rebuilt(string store, StopReason reason) =>
        RebuiltSales.Add(1, new KeyValuePair<string, object?>("consistency.store", store), new KeyValuePair<string, object?>("consistency.reason", Text(reason)));

    internal static void Drifted(string store, bool repaired) =>
        Drifts.Add(1, new KeyValuePair<string, object?>("consistency.store", store), new KeyValuePair<string, object?>("consistency.stock.repaired", repaired));

    internal static void Counted(string store, StockSale sale, IReadOnlyList<StockLevel> levels)
    {
        var tags = new TagList { new KeyValuePair<string, object?>("consistency.store", store), new KeyValuePair<string, object?>("consistency.stock.sale", sale.Name) };
        Available.Record(levels.Sum(level => level.Available), tags);
        Held.Record(levels.Sum(level => level.Reserved), tags);
        Sold.Record(levels.Sum(level => level.Sold), tags);
    }

    internal static bool IsCounted => Available.Enabled || Held.Enabled || Sold.Enabled;

    internal static void Intake(IntakeReading reading, double refuseAt)
    {
        var rule = new KeyValuePair<string, object?>("consistency.stock.intake.rule", reading.Rule);
        IntakeStates.Record((int)reading.State, rule);
        IntakeValues.Record((reading.Value ?? 0) / refuseAt, rule);
    }

    private static void Reserved(string store, StockOrder order, string outcome)
    {
        Reserves.Add(1, new KeyValuePair<string, object?>("consistency.store", store), new KeyValuePair<string, object?>("consistency.outcome", outcome));
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            span.SetTag("consistency.outcome", outcome);
            span.SetTag("consistency.stock.sale", order.Sale);
            span.SetTag("consistency.stock.order", order.Id);
        }
    }

    private static string Text(StopReason reason) => reason switch
    {
        StopReason.NotOpen => "not_open",
        StopReason.Closed => "closed",
        StopReason.Rebuilding => "rebuilding",
        _ => "overloaded",
    };
}
