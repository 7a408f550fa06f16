using Consistency.Kit.Work;

namespace Consistency.Kit.Scheduling;

/// <summary>Schedules and manages jobs in transactions of their own. To schedule a job together with business data, use <c>db.ScheduleJob(…)</c>.</summary>
public interface IJobs
{
    /// <summary>Schedules a job; durable when this returns.</summary>
    /// <param name="job">What to work on.</param>
    /// <param name="configure">When it runs, and its keys.</param>
    /// <param name="cancellationToken">Cancels the call; the job may be scheduled or not.</param>
    /// <exception cref="InvalidOperationException">The type is not registered, or the encoded job is too large.</exception>
    Task<ScheduledJob> ScheduleAsync<TJob>(TJob job, Action<JobOptions>? configure, CancellationToken cancellationToken)
        where TJob : notnull;

    /// <summary>Finds a job by its id.</summary>
    /// <returns>Null when there is none, or it ended longer ago than the retention.</returns>
    Task<WorkSnapshot?> FindAsync<TJob>(Guid id, CancellationToken cancellationToken)
        where TJob : notnull;

    /// <summary>Finds the job that has the key.</summary>
    /// <returns>Null when none has it; a job has its key until it ends.</returns>
    Task<WorkSnapshot?> FindAsync<TJob>(string key, CancellationToken cancellationToken)
        where TJob : notnull;

    /// <summary>Cancels a job that has not ended. A handler that runs loses its claim, and is told so; what it has done is not undone.</summary>
    /// <param name="id">The job.</param>
    /// <param name="note">Who cancels it and why; kept in its history.</param>
    /// <param name="cancellationToken">Cancels the call; the job may be cancelled or not.</param>
    Task<WorkIntervened> CancelAsync<TJob>(Guid id, OperatorNote note, CancellationToken cancellationToken)
        where TJob : notnull;

    /// <summary>Gives a job that waits another due time.</summary>
    /// <param name="id">The job.</param>
    /// <param name="dueAt">When; the past means at once.</param>
    /// <param name="note">Who moves it and why; kept in its history.</param>
    /// <param name="cancellationToken">Cancels the call; the job may be moved or not.</param>
    /// <returns><see cref="WorkIntervened.Running"/> when it runs at the moment.</returns>
    Task<WorkIntervened> RescheduleAsync<TJob>(Guid id, DateTimeOffset dueAt, OperatorNote note, CancellationToken cancellationToken)
        where TJob : notnull;
}
