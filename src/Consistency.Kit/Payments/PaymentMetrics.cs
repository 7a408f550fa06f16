using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Payments;

/// <summary>Counts what comparisons of statements find. Called by packages that bring a ledger.</summary>
public static class PaymentMetrics
{
    private static readonly Counter<long> Drifts = KitDiagnostics.Meter.CreateCounter<long>("consistency.payment.drifts", "{drift}", "Differences between statements and the ledger.");

    /// <summary>Counts the differences of one comparison, by provider, kind, and whether they were repaired.</summary>
    /// <param name="report">What was found.</param>
    public static void Count(PaymentReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        foreach (var drift in report.Drifts)
        {
            Drifts.Add(
                1,
                new KeyValuePair<string, object?>("consistency.payment.provider", report.Provider),
                new KeyValuePair<string, object?>("consistency.payment.drift", Word(drift.Kind)),
                new KeyValuePair<string, object?>("consistency.outcome", drift.IsRepaired ? "repaired" : "left"));
        }
    }

    private static string Word(PaymentDriftKind kind) => kind switch
    {
        PaymentDriftKind.MissingHere => "missing here",
        PaymentDriftKind.MissingThere => "missing there",
        PaymentDriftKind.AmountDiffers => "amount differs",
        PaymentDriftKind.CurrencyDiffers => "currency differs",
        PaymentDriftKind.OrderDiffers => "order differs",
        PaymentDriftKind.RefundMissingHere => "refund missing here",
        PaymentDriftKind.RefundMissingThere => "refund missing there",
        PaymentDriftKind.RefundOpenHere => "refund open here",
        _ => "duplicate",
    };
}
