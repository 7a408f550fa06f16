using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Tells of what is durable: called after each commit.</summary>
internal static class TccTelemetry
{
    private static readonly Counter<long> Transactions = KitDiagnostics.Meter.CreateCounter<long>("consistency.tcc.ended", "{transaction}", "TCCs that came to their end, by outcome.");

    internal static void Ended(bool confirmed) => Transactions.Add(1, new KeyValuePair<string, object?>("consistency.tcc.outcome", confirmed ? "confirmed" : "cancelled"));
}
