using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>What a relay tells traces and metrics.</summary>
internal static class RelayTelemetry
{
    private const int MaxLinks = 128;
    private static readonly Counter<long> SentMessages = KitDiagnostics.Meter.CreateCounter<long>("consistency.outbox.sent", "{message}", "Messages the transport acknowledged.");
    private static readonly Counter<long> RejectedMessages = KitDiagnostics.Meter.CreateCounter<long>("consistency.outbox.rejected", "{message}", "Attempts the transport rejected.");
    private static readonly Counter<long> SweepFinds = KitDiagnostics.Meter.CreateCounter<long>("consistency.outbox.sweep.found", "{message}", "Messages found behind the mark; there should be none.");

    internal static Activity? StartSend(string transport, List<OutboxRecord> rows)
    {
        if (!KitDiagnostics.Source.HasListeners())
        {
            return null;
        }

        var links = rows.Take(MaxLinks)
            .Select(row => ActivityContext.TryParse(row.Message.TraceParent, row.Message.TraceState, isRemote: true, out var context) ? context : default)
            .Where(context => context != default)
            .Select(context => new ActivityLink(context));
        var activity = KitDiagnostics.Source.StartActivity("send " + rows[0].Message.Topic, ActivityKind.Producer, default(ActivityContext), null, links);
        activity?.SetTag("messaging.system", transport);
        activity?.SetTag("messaging.operation.type", "send");
        activity?.SetTag("messaging.batch.message_count", rows.Count);
        return activity;
    }

    internal static void Sent(string store, string transport, int count)
    {
        if (count > 0)
        {
            SentMessages.Add(count, new KeyValuePair<string, object?>("consistency.store", store), new KeyValuePair<string, object?>("messaging.system", transport));
        }
    }

    internal static void Rejected(string store, bool parked) =>
        RejectedMessages.Add(1, new KeyValuePair<string, object?>("consistency.store", store), new KeyValuePair<string, object?>("consistency.parked", parked));

    internal static void Swept(string store, int found) => SweepFinds.Add(found, new KeyValuePair<string, object?>("consistency.store", store));
}
