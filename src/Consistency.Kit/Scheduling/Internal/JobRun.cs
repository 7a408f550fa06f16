using System.Text.Json;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Scheduling.Internal;

/// <summary>One attempt at a job: reads it, calls its handler in a fresh scope, and writes the outcome.</summary>
internal sealed class JobRun(JobType type, JobBuilder builder, SchedulingOptions options, KitJson json)
{
    internal static RetryPolicy Policy(JobBuilder builder, SchedulingOptions options)
    {
        var policy = builder.RetryPolicy ?? options.Retry;
        return policy with { IsFinal = exception => exception is JobUnreadableException || policy.IsFinal(exception) };
    }

    /// <param name="run">The claim.</param>
    /// <param name="conclude">What is written when the job is done or refused.</param>
    /// <param name="cancellationToken">Cancelled when the claim is lost or the process stops.</param>
    internal async Task RunAsync(WorkRun run, Func<JobOutcome, WorkProgress> conclude, CancellationToken cancellationToken)
    {
        object job;
        try
        {
            job = type.Read(run.Work.Input);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new JobUnreadableException(type.Name, run.Work.Lease.Id, exception);
        }

        var context = new JobContext(run, json, builder.InTransaction ? 0 : options.MaxCheckpointBytes);
        await run.ExecuteAsync(
            builder.InTransaction ? WorkCommit.WithEffect : WorkCommit.AfterEffect,
            async (services, token) =>
            {
                var outcome = await type.RunAsync(services, job, context, token).ConfigureAwait(false)
                    ?? throw new InvalidOperationException($"The handler of job '{type.Name}' returned null instead of a JobOutcome.");
                return outcome switch
                {
                    JobOutcome.UnknownOutcome unknown => throw new JobUnknownException(unknown.Reason),
                    JobOutcome.AgainOutcome again => new WorkProgress { Attempts = 0, Next = new WorkNext.Later(again.Delay) },
                    _ => conclude(outcome),
                };
            },
            cancellationToken).ConfigureAwait(false);
    }
}
