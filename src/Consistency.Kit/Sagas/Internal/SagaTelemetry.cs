using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Tells of what is durable: called after each commit.</summary>
internal static class SagaTelemetry
{
    private static readonly Counter<long> Calls = KitDiagnostics.Meter.CreateCounter<long>("consistency.saga.calls", "{call}", "Attempts of saga steps, checks and undos, by saga, step and outcome.");

    private static readonly Counter<long> Ended = KitDiagnostics.Meter.CreateCounter<long>("consistency.saga.ended", "{saga}", "Sagas that ended or were parked, by saga and outcome.");

    internal static Activity? StartCall(SagaIdentity saga, SagaCall call)
    {
        var activity = KitDiagnostics.Source.StartActivity($"{call.Kind} {call.Step}".ToLowerInvariant());
        activity?.SetTag("consistency.saga.name", saga.Name).SetTag("consistency.saga.id", saga.Id).SetTag("consistency.saga.step", call.Step).SetTag("consistency.saga.attempt", call.Attempt);
        return activity;
    }

    internal static void Noted(ILogger logger, SagaIdentity saga, IReadOnlyList<SagaEvent> events)
    {
        foreach (var happened in events)
        {
            switch (happened.Kind)
            {
                case SagaEventKind.StepDone or SagaEventKind.StepRefused or SagaEventKind.UndoDone:
                    Count(saga, happened);
                    break;
                case SagaEventKind.StepFailed or SagaEventKind.CheckFailed or SagaEventKind.UndoFailed:
                    Count(saga, happened);
                    SagaLog.Failed(logger, happened.Kind, saga, happened.Step, happened.Attempt, happened.Until, happened.Reason);
                    break;
                case SagaEventKind.Turned:
                    SagaLog.Turned(logger, saga, happened.Reason);
                    break;
                case SagaEventKind.StepParked:
                    SagaLog.StepParked(logger, saga, happened.Step, happened.Reason);
                    break;
                case SagaEventKind.Completed or SagaEventKind.Undone or SagaEventKind.Parked:
                    Ended.Add(1, new KeyValuePair<string, object?>("consistency.saga.name", saga.Name), new KeyValuePair<string, object?>("consistency.saga.outcome", SagaHistory.NameOf(happened.Kind)));
                    break;
                default:
                    break;
            }
        }
    }

    private static void Count(SagaIdentity saga, SagaEvent happened) => Calls.Add(
        1,
        new KeyValuePair<string, object?>("consistency.saga.name", saga.Name),
        new KeyValuePair<string, object?>("consistency.saga.step", happened.Step),
        new KeyValuePair<string, object?>("consistency.saga.outcome", SagaHistory.NameOf(happened.Kind)));
}
