using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>What TCCs tell traces and metrics; of ends after each commit.</summary>
internal static class TccTelemetry
{
    private static readonly Counter<long> Transactions = KitDiagnostics.Meter.CreateCounter<long>("consistency.tcc.ended", "{transaction}", "TCCs that came to their end, by outcome.");

    internal static Activity? StartRun(string id) => KitDiagnostics.Source.StartActivity("tcc")?.SetTag("consistency.tcc.id", id);

    /// <summary>One call of a branch, with its repeats.</summary>
    internal static Activity? StartCall(string branch, RemoteCall call)
    {
        var activity = KitDiagnostics.Source.HasListeners() ? KitDiagnostics.Source.StartActivity($"{call.OperationName} {branch}") : null;
        return activity?.SetTag("consistency.tcc.id", call.TransactionId).SetTag("consistency.tcc.branch", branch).SetTag("consistency.tcc.branch_id", call.BranchId);
    }

    internal static void Answered(Activity? activity, RemoteAnswer answer)
    {
        if (activity is null)
        {
            return;
        }

        var outcome = answer switch { RemoteAnswer.Done => "done", RemoteAnswer.Refused => "refused", RemoteAnswer.Running => "running", _ => "unknown" };
        activity.SetTag("consistency.tcc.outcome", outcome);
        if (answer is RemoteAnswer.Unknown unknown)
        {
            activity.SetStatus(ActivityStatusCode.Error, unknown.Reason);
        }
    }

    internal static void Ended(Activity? activity, TccOutcome outcome) => activity?.SetTag("consistency.tcc.outcome", outcome.Status.ToString().ToLowerInvariant());

    internal static void Ended(bool confirmed) => Transactions.Add(1, new KeyValuePair<string, object?>("consistency.tcc.outcome", confirmed ? "confirmed" : "cancelled"));
}
