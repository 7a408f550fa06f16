using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>What consumers tell traces and metrics.</summary>
internal static class InboxTelemetry
{
    private static readonly Counter<long> Outcomes = KitDiagnostics.Meter.CreateCounter<long>("consistency.inbox.messages", "{message}", "Messages offered to a consumer, by outcome.");
    private static readonly Counter<long> Failures = KitDiagnostics.Meter.CreateCounter<long>("consistency.inbox.failures", "{message}", "Attempts that failed.");

    internal static Activity StartProcess(string consumer, TransportMessage message, int attempt)
    {
        var activity = TraceContext.Start("process " + message.Topic, ActivityKind.Consumer, message.TraceParent, message.TraceState);
        if (activity.IsAllDataRequested)
        {
            activity.SetTag("messaging.operation.type", "process");
            activity.SetTag("messaging.destination.name", message.Topic);
            activity.SetTag("messaging.message.id", message.Id);
            activity.SetTag("consistency.message.type", message.Type);
            activity.SetTag("consistency.consumer", consumer);
            activity.SetTag("consistency.attempt", attempt);
        }

        return activity;
    }

    internal static void Outcome(string consumer, InboxOutcome outcome) =>
        Outcomes.Add(1, new KeyValuePair<string, object?>("consistency.consumer", consumer), new KeyValuePair<string, object?>("consistency.outcome", outcome switch
        {
            InboxOutcome.Handled => "handled",
            InboxOutcome.Duplicate => "duplicate",
            _ => "key_held",
        }));

    internal static void Failed(string consumer, bool parked) =>
        Failures.Add(1, new KeyValuePair<string, object?>("consistency.consumer", consumer), new KeyValuePair<string, object?>("consistency.parked", parked));
}
