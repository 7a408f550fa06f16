namespace Consistency.Kit.Scheduling;

/// <summary>What jobs have in common. Set with <c>kit.ConfigureScheduling(…)</c>.</summary>
public sealed class SchedulingOptions
{
    /// <summary>When a failed job is tried again, and when it is parked. Default: from 1 second on, each delay twice the last one, at most 15 minutes, wholly random, 20 attempts.</summary>
    public RetryPolicy Retry { get; set; } = new() { BaseDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromMinutes(15), MaxAttempts = 20 };

    /// <summary>The most that a job may take encoded, in bytes. Default: 256 KiB.</summary>
    public int MaxJobBytes { get; set; } = 256 * 1024;

    /// <summary>The most that a checkpoint may take encoded, in bytes. Default: 256 KiB.</summary>
    public int MaxCheckpointBytes { get; set; } = 256 * 1024;

    internal IEnumerable<string> Validate()
    {
        if (MaxJobBytes < 1_024 || MaxCheckpointBytes < 1_024)
        {
            yield return "SchedulingOptions: MaxJobBytes and MaxCheckpointBytes must be at least 1,024.";
        }

        foreach (var problem in Retry.Validate("SchedulingOptions.Retry"))
        {
            yield return problem;
        }
    }
}
