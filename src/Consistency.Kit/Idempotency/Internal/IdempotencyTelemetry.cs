using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Idempotency.Internal;

/// <summary>What idempotency keys tell traces and metrics. The key itself is told to the caller's span only, as its hash.</summary>
internal static class IdempotencyTelemetry
{
    private static readonly Counter<long> Requests = KitDiagnostics.Meter.CreateCounter<long>("consistency.idempotency.requests", "{request}", "Requests with an idempotency key, by outcome.");
    private static readonly Counter<long> AnswersNotStored = KitDiagnostics.Meter.CreateCounter<long>("consistency.idempotency.answers_not_stored", "{request}", "Attempts that left no answer behind, by reason.");
    private static readonly Counter<long> LeasesLost = KitDiagnostics.Meter.CreateCounter<long>("consistency.idempotency.leases_lost", "{lease}", "Attempts that another one has taken over while they ran.");
    private static readonly Counter<long> Collected = KitDiagnostics.Meter.CreateCounter<long>("consistency.idempotency.collected", "{key}", "Keys past their retention that were deleted.");

    internal static void Claimed(string store, IdempotencyKey key, IdempotencyClaim claim)
    {
        switch (claim)
        {
            case IdempotencyClaim.Started started:
                Outcome(store, key, "started");
                Activity.Current?.SetTag("consistency.attempt", started.Lease.Number);
                break;
            case IdempotencyClaim.Replayed:
                Replayed(store, key);
                break;
            case IdempotencyClaim.InProgress:
                InProgress(store, key);
                break;
            default:
                Mismatched(store, key);
                break;
        }
    }

    internal static void Ran(string store, IdempotencyKey key) => Outcome(store, key, "started");

    internal static void Replayed(string store, IdempotencyKey key) => Outcome(store, key, "replayed");

    internal static void InProgress(string store, IdempotencyKey key) => Outcome(store, key, "in_progress");

    internal static void Mismatched(string store, IdempotencyKey key) => Outcome(store, key, "mismatched");

    internal static void NotWanted(string store) => NotStored(store, "not_wanted");

    internal static void StoreFailed(string store) => NotStored(store, "store_failed");

    internal static void Failed(string store, bool lost)
    {
        if (lost)
        {
            LeasesLost.Add(1, new KeyValuePair<string, object?>("consistency.store", store));
        }
        else
        {
            NotStored(store, "failed");
        }
    }

    internal static void Deleted(string store, int count)
    {
        if (count > 0)
        {
            Collected.Add(count, new KeyValuePair<string, object?>("consistency.store", store));
        }
    }

    private static void Outcome(string store, IdempotencyKey key, string outcome)
    {
        Requests.Add(1, new KeyValuePair<string, object?>("consistency.store", store), new KeyValuePair<string, object?>("consistency.outcome", outcome));
        if (Activity.Current is { IsAllDataRequested: true } span)
        {
            span.SetTag("consistency.outcome", outcome);
            span.SetTag("consistency.idempotency.key", key.ToString());
        }
    }

    private static void NotStored(string store, string reason) =>
        AnswersNotStored.Add(1, new KeyValuePair<string, object?>("consistency.store", store), new KeyValuePair<string, object?>("consistency.reason", reason));
}
