using System.Text;
using Consistency.Kit.Sagas;

namespace Consistency.Kit.Testing.Sagas;

/// <summary>How a saga that was tried out ended, and how it came there.</summary>
public sealed class SagaTestResult
{
    internal SagaTestResult(SagaProgress progress, IReadOnlyList<SagaCall> calls, IReadOnlyList<SagaEvent> events, int crashes)
    {
        Progress = progress;
        Calls = calls;
        Events = events;
        Crashes = crashes;
    }

    /// <summary>How it ended; null when it is parked.</summary>
    public SagaEnd? End => Progress.End;

    /// <summary>Whether an operator would have to decide.</summary>
    public bool IsParked => Progress.IsParked;

    /// <summary>Why it turned back or is parked; null otherwise.</summary>
    public string? Reason => Progress.Reason;

    /// <summary>Where each step stands.</summary>
    public SagaProgress Progress { get; }

    /// <summary>Every attempt in its order, those included that a fault kept from running.</summary>
    public IReadOnlyList<SagaCall> Calls { get; }

    /// <summary>What was noted, oldest first.</summary>
    public IReadOnlyList<SagaEvent> Events { get; }

    /// <summary>How often the process ended.</summary>
    public int Crashes { get; }

    /// <summary>The story, a line an event, for the message of a failed assertion.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(IsParked ? "parked" : $"{End}".ToLowerInvariant()).Append(Reason is null ? "" : ": " + Reason);
        foreach (var happened in Events)
        {
            text.AppendLine().Append("  ").Append(happened.Kind).Append(happened.Step is null ? "" : " " + happened.Step)
                .Append(happened.Attempt == 0 ? "" : " #" + happened.Attempt).Append(happened.Reason is null ? "" : ": " + happened.Reason);
        }

        return text.ToString();
    }
}
