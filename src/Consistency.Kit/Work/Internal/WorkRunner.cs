using System.Diagnostics;
using System.Text;
using Consistency.Kit.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Work.Internal;

/// <summary>Runs one piece of held work to a written conclusion, or gives it back.</summary>
internal sealed class WorkRunner(WorkStore store, WorkOptions options, WorkAlerts alerts, TimeProvider time, ILogger logger, CancellationToken stopping)
{
    internal const string Failed = "attempt-failed";
    internal const string Parked = "parked";

    private static readonly RetryPolicy WriteRetry = new() { MaxAttempts = 4 };

    /// <summary>Never throws.</summary>
    internal async Task RunAsync(HeldWork held)
    {
        if (held.Lost.IsCancellationRequested || time.GetElapsedTime(held.LeasedAt) >= options.Lease)
        {
            WorkLog.Lost(logger, held.Work.Scope, held.Lease.Id);
            return;
        }

        var run = new WorkRun(held.Work, store, held.Lost, stopping);
        using var activity = WorkTelemetry.StartRun(held.Work);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(held.Lost, stopping);
        try
        {
            CrashPoint.At("work.starting");
            if (held.Work.TakeOvers >= options.MaxTakeOvers)
            {
                await GiveUpAsync(run).ConfigureAwait(false);
            }
            else
            {
                await held.Kind.RunAsync(run, either.Token).ConfigureAwait(false);
                if (run.Conclusion is null)
                {
                    await WriteAsync(run, new WorkProgress { Next = WorkNext.Done }).ConfigureAwait(false);
                }
            }

            WorkTelemetry.Concluded(held.Work.Scope, run.Conclusion!);
        }
        catch (Exception exception) when (IsLost(exception, held))
        {
            activity.SetStatus(ActivityStatusCode.Error, "lost");
            WorkLog.Lost(logger, held.Work.Scope, held.Lease.Id);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested && run.Conclusion is null)
        {
            await ReleaseAsync([held]).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever the user's code throws is an outcome nobody knows: it is tried again or parked.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            activity.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
            await FailAsync(held, run, exception).ConfigureAwait(false);
        }

        if (run.Conclusion is { Next: WorkNext.Parked })
        {
            await alerts.ParkedAsync(store, held.Lease.Id).ConfigureAwait(false);
        }
    }

    /// <summary>Gives work back that was not run, or broke off because the process stops. Never throws.</summary>
    internal async Task ReleaseAsync(IReadOnlyList<HeldWork> held)
    {
        if (held.Count == 0)
        {
            return;
        }

        var now = time.GetTimestamp();
        try
        {
            using var timeout = new CancellationTokenSource(options.Lease, time);
            CrashPoint.At("work.releasing");
            await store.Claims.ReleaseAsync([.. held.Select(work => new WorkRelease(work.Lease, time.GetElapsedTime(now, work.StartAt)))], timeout.Token).ConfigureAwait(false);
            CrashPoint.At("work.released");
        }
#pragma warning disable CA1031 // The leases end by themselves.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            WorkLog.ReleaseFailed(logger, store.Name, held.Count, exception);
        }
    }

    private static bool IsLost(Exception exception, HeldWork held) => exception switch
    {
        WorkLostException lost => lost.Lease == held.Lease,
        OperationCanceledException => held.Lost.IsCancellationRequested,
        _ => false,
    };

    private async Task GiveUpAsync(WorkRun run)
    {
        var reason = $"{run.Work.TakeOvers} processes in a row took this work and were not heard of again: it may end the process that runs it. Find out why before retrying it.";
        await WriteAsync(run, new WorkProgress { Events = [Event(Parked, run.Work, reason)], Error = reason, Next = new WorkNext.Parked() }).ConfigureAwait(false);
    }

    private async Task FailAsync(HeldWork held, WorkRun run, Exception exception)
    {
        if (run.Conclusion is not null)
        {
            // It is written where the work stands; what went wrong afterwards changes nothing.
            WorkLog.FailedAfterwards(logger, held.Work.Scope, held.Lease.Id, exception);
            return;
        }

        var attempts = held.Work.Attempts + held.Work.TakeOvers + 1;
        var retry = held.Kind.Retry;
        var parks = retry.IsExhausted(attempts, exception, time.GetUtcNow() - held.Work.ScheduledAt);
        var error = exception is Scheduling.Internal.JobUnknownException ? WorkErrors.Cut(exception.Message)! : WorkErrors.Describe(exception);
        var events = new List<WorkEvent>();
        if (held.Kind.KeepsFailures || parks)
        {
            events.Add(Event(Failed, held.Work, error));
        }

        var delay = parks ? TimeSpan.Zero : retry.DelayAfter(attempts);
        if (parks)
        {
            events.Add(Event(Parked, held.Work, retry.IsFinal(exception) ? "trying again is useless" : attempts >= retry.MaxAttempts ? "too many attempts" : "too old"));
            WorkLog.GivenUp(logger, held.Work.Scope, held.Lease.Id, attempts, exception);
        }
        else
        {
            WorkLog.Failed(logger, held.Work.Scope, held.Lease.Id, attempts, delay, exception);
        }

        var progress = new WorkProgress
        {
            Events = events,
            Attempts = attempts,
            Error = error,
            Next = parks ? new WorkNext.Parked() : new WorkNext.Later(delay),
        };
        try
        {
            await WriteAsync(run, progress).ConfigureAwait(false);
            WorkTelemetry.Failed(held.Work.Scope, parks);
        }
        catch (WorkLostException)
        {
            WorkLog.Lost(logger, held.Work.Scope, held.Lease.Id);
        }
#pragma warning disable CA1031 // The lease ends by itself, and the take-over counts as an attempt.
        catch (Exception write)
#pragma warning restore CA1031
        {
            WorkLog.WriteFailed(logger, held.Work.Scope, held.Lease.Id, write);
        }
    }

    /// <summary>A conclusion is worth more than one try; repeating it is safe, because it ends the claim.</summary>
    private async Task WriteAsync(WorkRun run, WorkProgress progress)
    {
        using var timeout = new CancellationTokenSource(options.Lease / 2, time);
        for (var tries = 1; ; tries++)
        {
            try
            {
                await run.WriteAsync(progress, timeout.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (exception is not WorkLostException and not OperationCanceledException && !WriteRetry.IsExhausted(tries, exception))
            {
                WorkLog.WriteFailed(logger, run.Work.Scope, run.Work.Lease.Id, exception);
                await Task.Delay(WriteRetry.DelayAfter(tries), time, timeout.Token).ConfigureAwait(false);
            }
        }
    }

    private static WorkEvent Event(string name, ClaimedWork work, string detail) =>
        new() { Name = name, Attempt = work.Attempts + work.TakeOvers + 1, Detail = Encoding.UTF8.GetBytes(detail) };
}
