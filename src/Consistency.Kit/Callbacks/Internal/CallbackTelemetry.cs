using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Callbacks.Internal;

internal static class CallbackTelemetry
{
    private static readonly Counter<long> Count = KitDiagnostics.Meter.CreateCounter<long>("consistency.callback.received", "{callback}", "Callbacks that came in, by what became of them.");

    internal static void Received(string provider, string outcome) => Count.Add(
        1,
        new KeyValuePair<string, object?>("consistency.callback.provider", provider),
        new KeyValuePair<string, object?>("consistency.outcome", outcome));
}
