namespace Consistency.Kit.Scheduling;

/// <summary>What becomes of runs of a recurring job that nobody began in time.</summary>
public enum MissedRuns
{
    /// <summary>However many were missed, the job runs once, as soon as it can; then at its usual times.</summary>
    CatchUpOnce = 0,

    /// <summary>They are left out, which the history tells.</summary>
    Skip = 1,
}
