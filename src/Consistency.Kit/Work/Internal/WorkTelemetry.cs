using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Work.Internal;

/// <summary>What the engine tells traces and metrics.</summary>
internal static class WorkTelemetry
{
    private static readonly Counter<long> ClaimedWork = KitDiagnostics.Meter.CreateCounter<long>("consistency.work.claimed", "{work}", "Pieces of work that were claimed.");
    private static readonly Counter<long> ConcludedRuns = KitDiagnostics.Meter.CreateCounter<long>("consistency.work.runs", "{run}", "Runs that came to a conclusion, by outcome.");
    private static readonly Counter<long> Failures = KitDiagnostics.Meter.CreateCounter<long>("consistency.work.failures", "{attempt}", "Attempts that failed.");
    private static readonly UpDownCounter<long> HeldWork = KitDiagnostics.Meter.CreateUpDownCounter<long>("consistency.work.held", "{work}", "Pieces of work that this process has claimed and not given up.");
    private static readonly Histogram<double> Lateness = KitDiagnostics.Meter.CreateHistogram<double>("consistency.work.start.delay", "s", "How long after its due time a claimed piece of work was started.");

    internal static Activity StartRun(ClaimedWork work)
    {
        var activity = TraceContext.Start("run " + work.Scope, ActivityKind.Consumer, work.TraceParent, work.TraceState);
        if (activity.IsAllDataRequested)
        {
            activity.SetTag("consistency.work.id", work.Lease.Id);
            activity.SetTag("consistency.work.scope", work.Scope);
            activity.SetTag("consistency.attempt", work.Attempts + work.TakeOvers + 1);
        }

        return activity;
    }

    internal static void Claimed(string store, int count)
    {
        if (count > 0)
        {
            ClaimedWork.Add(count, new KeyValuePair<string, object?>("consistency.store", store));
        }
    }

    internal static void Held(string store, int change) => HeldWork.Add(change, new KeyValuePair<string, object?>("consistency.store", store));

    internal static void Started(string scope, TimeSpan late) => Lateness.Record(late.TotalSeconds, new KeyValuePair<string, object?>("consistency.work.scope", scope));

    internal static void Concluded(string scope, WorkProgress conclusion) =>
        ConcludedRuns.Add(1, new KeyValuePair<string, object?>("consistency.work.scope", scope), new KeyValuePair<string, object?>("consistency.outcome", conclusion.Next switch
        {
            WorkNext.Later => "later",
            WorkNext.Parked => "parked",
            WorkNext.Ended { Status: WorkStatus.Done } => "done",
            WorkNext.Ended { Status: WorkStatus.Refused } => "refused",
            WorkNext.Ended { Status: WorkStatus.Compensated } => "compensated",
            _ => "ended",
        }));

    internal static void Failed(string scope, bool parked) =>
        Failures.Add(1, new KeyValuePair<string, object?>("consistency.work.scope", scope), new KeyValuePair<string, object?>("consistency.parked", parked));
}
