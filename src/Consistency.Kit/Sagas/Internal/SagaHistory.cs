using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Consistency.Kit.Work;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Writes a saga's events as lines of its work's history, and reads them back. The names are stored.</summary>
internal static class SagaHistory
{
    private static readonly Dictionary<SagaEventKind, string> Names = new()
    {
        [SagaEventKind.StepStarted] = "step-started",
        [SagaEventKind.StepDone] = "step-done",
        [SagaEventKind.StepRefused] = "step-refused",
        [SagaEventKind.StepFailed] = "step-failed",
        [SagaEventKind.StepPending] = "step-pending",
        [SagaEventKind.StepNotFound] = "step-not-found",
        [SagaEventKind.CheckPending] = "check-pending",
        [SagaEventKind.CheckFailed] = "check-failed",
        [SagaEventKind.WaitStarted] = "wait-started",
        [SagaEventKind.SignalReceived] = "signal-received",
        [SagaEventKind.Turned] = "turned",
        [SagaEventKind.UndoDone] = "undo-done",
        [SagaEventKind.UndoFailed] = "undo-failed",
        [SagaEventKind.StepParked] = "step-parked",
        [SagaEventKind.Parked] = "parked",
        [SagaEventKind.Retried] = "retry",
        [SagaEventKind.StepSkipped] = "skip-step",
        [SagaEventKind.Resolved] = "resolve",
        [SagaEventKind.Completed] = "completed",
        [SagaEventKind.Undone] = "undone",
    };

    private static readonly Dictionary<string, SagaEventKind> Kinds = new(Names.Select(name => KeyValuePair.Create(name.Value, name.Key)), StringComparer.Ordinal)
    {
        // The general verbs for work of any kind end a saga as it is.
        ["skip"] = SagaEventKind.Resolved,
        ["cancel"] = SagaEventKind.Resolved,
    };

    internal static string NameOf(SagaEventKind kind) => Names[kind];

    internal static WorkEvent Write(SagaEvent happened) => new()
    {
        Name = Names[happened.Kind],
        Step = happened.Step,
        Attempt = happened.Attempt > 0 ? happened.Attempt : null,
        Actor = happened.Actor,
        Detail = happened.Payload
            ?? (happened.Until is null && !happened.IsFinal ? Encoding.UTF8.GetBytes(happened.Reason ?? "") : WriteTimes(happened)),
    };

    /// <returns>Null for lines that the engine wrote for itself.</returns>
    internal static SagaEvent? Read(WorkEvent line)
    {
        if (!Kinds.TryGetValue(line.Name, out var kind))
        {
            return null;
        }

        var happened = new SagaEvent(kind, line.At) { Step = line.Step, Attempt = line.Attempt ?? 0, Actor = line.Actor };
        return kind switch
        {
            SagaEventKind.StepDone or SagaEventKind.SignalReceived => happened with { Payload = line.Detail.IsEmpty ? null : line.Detail },
            SagaEventKind.StepFailed or SagaEventKind.StepPending or SagaEventKind.CheckFailed or SagaEventKind.CheckPending or SagaEventKind.UndoFailed or SagaEventKind.WaitStarted
                when line.Detail.Span.StartsWith("{\"until\":"u8) => ReadTimes(happened, line.Detail),
            _ => happened with { Reason = line.Detail.IsEmpty ? null : Encoding.UTF8.GetString(line.Detail.Span) },
        };
    }

    private static byte[] WriteTimes(SagaEvent happened)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("until"u8, happened.Until?.ToString("O", CultureInfo.InvariantCulture));
            if (happened.IsFinal)
            {
                json.WriteBoolean("final"u8, true);
            }

            if (happened.Reason is not null)
            {
                json.WriteString("reason"u8, happened.Reason);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static SagaEvent ReadTimes(SagaEvent happened, ReadOnlyMemory<byte> detail)
    {
        using var json = JsonDocument.Parse(detail);
        var root = json.RootElement;
        return happened with
        {
            Until = root.GetProperty("until").ValueKind == JsonValueKind.String ? root.GetProperty("until").GetDateTimeOffset() : null,
            IsFinal = root.TryGetProperty("final", out var final) && final.GetBoolean(),
            Reason = root.TryGetProperty("reason", out var reason) ? reason.GetString() : null,
        };
    }
}
