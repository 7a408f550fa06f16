namespace Consistency.Kit.Scheduling;

/// <summary>Does one kind of job. Comes from a fresh scope for each attempt.</summary>
/// <typeparam name="TJob">What the job is to work on.</typeparam>
public interface IJobHandler<in TJob>
    where TJob : notnull
{
    /// <summary>Does the job, or says why not.</summary>
    /// <param name="job">What to work on.</param>
    /// <param name="context">Who the job is, and its checkpoints.</param>
    /// <param name="cancellationToken">Cancelled when the process stops or the claim is lost.</param>
    /// <returns>
    /// How it ended. What the handler left unsaved in the store's DbContext is saved in the transaction that writes the outcome. Whatever
    /// is thrown is an outcome nobody knows: the job is tried again by its policy.
    /// </returns>
    /// <remarks>At-least-once: after a crash between an effect and the outcome the job runs again. Give foreign calls <see cref="JobContext.Id"/> as their idempotency key.</remarks>
    Task<JobOutcome> RunAsync(TJob job, JobContext context, CancellationToken cancellationToken);
}
