namespace Consistency.Kit.Sagas;

/// <summary>How a step before the pivot is tried, and how it is undone.</summary>
public sealed class CompensatableStepOptions : StepOptions
{
    internal CompensatableStepOptions()
    {
    }

    /// <summary>How long one attempt to undo may take before its token is cancelled. Default: 1 minute.</summary>
    public TimeSpan UndoTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When an undo that threw is repeated, and when it is parked. Default: 20 attempts, up to 10 minutes apart.</summary>
    public RetryPolicy UndoRetry { get; set; } = new() { MaxAttempts = 20, MaxDelay = TimeSpan.FromMinutes(10) };

    internal override IEnumerable<string> Validate(string step)
    {
        var problems = base.Validate(step).Concat(UndoRetry.Validate($"Step '{step}': UndoRetry"));
        return UndoTimeout > TimeSpan.Zero ? problems : problems.Append($"Step '{step}': UndoTimeout must be positive.");
    }
}
