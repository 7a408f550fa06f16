using System.Runtime.ExceptionServices;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Messaging;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Drives transactions in their callers; the engine has those whose callers are gone.</summary>
internal sealed class TccCoordinator(WorkStore store, TccCatalog catalog, TccOptions options, WorkOptions work, KitJson json, TccPost post, EndsOf<string> ends, TimeProvider time, ILogger logger) : ITccCoordinator
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(250);
    private static readonly RetryPolicy WriteRetry = new() { MaxAttempts = 4 };

    private readonly string _owner = $"{Environment.MachineName[..Math.Min(60, Environment.MachineName.Length)]}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    public Task<TccOutcome> RunAsync(string id, Func<TccScope, CancellationToken, Task> tries, CancellationToken cancellationToken) =>
        RunAsync(id, tries, toEnd: true, cancellationToken);

    public Task<TccOutcome> DecideAsync(string id, Func<TccScope, CancellationToken, Task> tries, CancellationToken cancellationToken) =>
        RunAsync(id, tries, toEnd: false, cancellationToken);

    public async Task<TccOutcome?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (await store.Reader.FindByKeyAsync(TccHistory.Scope, id, cancellationToken).ConfigureAwait(false) is not { } found)
        {
            return null;
        }

        var history = TccHistory.Read(await store.Reader.ReadHistoryAsync(found.Id, 0, cancellationToken).ConfigureAwait(false));
        return new TccOutcome
        {
            Id = id,
            IsConfirmed = history.Confirms == true,
            Reason = found.Status == WorkStatus.Parked ? found.Error : history.Reason,
            Status = found.Status switch
            {
                WorkStatus.Active => history.Confirms switch { null => TccStatus.Trying, true => TccStatus.Confirming, _ => TccStatus.Cancelling },
                WorkStatus.Done => TccStatus.Confirmed,
                WorkStatus.Compensated => TccStatus.Cancelled,
                WorkStatus.Parked => TccStatus.Parked,
                _ => TccStatus.Resolved,
            },
        };
    }

    private async Task<TccOutcome> RunAsync(string id, Func<TccScope, CancellationToken, Task> tries, bool toEnd, CancellationToken cancellationToken)
    {
        // The id travels with every call of a branch: what a branch would refuse is refused here.
        _ = new BranchCall(id, "01", BranchOperation.Try);
        ArgumentNullException.ThrowIfNull(tries);
        using var activity = TccTelemetry.StartRun(id);
        var outcome = await BeginAsync(id, tries, toEnd, cancellationToken).ConfigureAwait(false) ?? await WaitAsync(id, toEnd, cancellationToken).ConfigureAwait(false);
        TccTelemetry.Ended(activity, outcome);
        return outcome;
    }

    /// <summary>Null when others bring it to its end.</summary>
    private async Task<TccOutcome?> BeginAsync(string id, Func<TccScope, CancellationToken, Task> tries, bool toEnd, CancellationToken cancellationToken)
    {
        var leasedAt = time.GetTimestamp();
        var now = time.GetUtcNow();
        var (traceParent, traceState) = TraceContext.Capture();
        var begun = new NewWork
        {
            Scope = TccHistory.Scope,
            Type = TccHistory.Scope,
            Key = id,
            Input = default(ReadOnlyMemory<byte>),
            Owner = _owner,
            OwnedFor = work.Lease,
            TraceParent = traceParent,
            TraceState = traceState,
        };
        CrashPoint.At("tcc.beginning");
        var added = await store.AddAsync(begun, cancellationToken).ConfigureAwait(false);
        CrashPoint.At("tcc.begun");
        if (added.IsExisting)
        {
            return null;
        }

        var claim = new ClaimedWork
        {
            Lease = new WorkLease(begun.Id, 1),
            Scope = begun.Scope,
            Type = begun.Type,
            Key = id,
            Input = begun.Input,
            ScheduledAt = now,
            CreatedAt = now,
        };
        using var hold = new TccHold(store, claim.Lease, work.Lease, leasedAt, time, logger);
        var keeping = hold.KeepAsync();
        try
        {
            return await DriveAsync(id, new WorkRun(claim, store, hold.Lost, CancellationToken.None), hold, tries, toEnd, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await hold.EndAsync(keeping).ConfigureAwait(false);
        }
    }

    /// <summary>Null when others bring it to its end.</summary>
    private async Task<TccOutcome?> DriveAsync(string id, WorkRun run, TccHold hold, Func<TccScope, CancellationToken, Task> tries, bool toEnd, CancellationToken cancellationToken)
    {
        var transaction = new TccTransaction(id, run, options, post, time);
        var thrown = await TryAsync(transaction, hold, tries, cancellationToken).ConfigureAwait(false);
        var (doom, leaves) = (transaction.Doom, !toEnd || cancellationToken.IsCancellationRequested);
        var ending = new TccEnding(id, run, transaction.History, catalog, options, post, time, logger);
        try
        {
            await DecideAsync(ending, hold, doom, leaves).ConfigureAwait(false);
            if (!leaves)
            {
                await EndAsync(id, run, ending, hold).ConfigureAwait(false);
            }
        }
        catch (WorkLostException lost)
        {
            // Whoever has it now has cancelled it, or will, where nothing was decided here.
            WorkLog.Lost(logger, TccHistory.Scope, lost.Lease.Id);
        }
        finally
        {
            if (run.Conclusion is { Next: WorkNext.Later })
            {
                store.Engine?.Wake();
            }
        }

        if (thrown is not null)
        {
            ExceptionDispatchInfo.Throw(thrown);
        }

        // A caller that has gone is told the end when it is there already; nobody waits for it.
        if (run.Conclusion is not { Next: WorkNext.Ended })
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return run.Conclusion switch
        {
            { Next: WorkNext.Ended } => new TccOutcome { Id = id, Status = doom is null ? TccStatus.Confirmed : TccStatus.Cancelled, IsConfirmed = doom is null, Reason = doom },
            { Next: WorkNext.Later } when !toEnd => new TccOutcome { Id = id, Status = doom is null ? TccStatus.Confirming : TccStatus.Cancelling, IsConfirmed = doom is null, Reason = doom },
            _ => null,
        };
    }

    /// <summary>Runs the caller's code. What it throws dooms, and is thrown again once the decision is durable.</summary>
    private async Task<Exception?> TryAsync(TccTransaction transaction, TccHold hold, Func<TccScope, CancellationToken, Task> tries, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, hold.Lost, cancellationToken);
        try
        {
            await tries(new TccScope(transaction, catalog, json, any.Token), any.Token).ConfigureAwait(false);
            transaction.Close();

            // The caller may have gone on after its time; whoever was told to give up counts on it.
            if (any.IsCancellationRequested)
            {
                transaction.Cancel(WhyOver(timeout, cancellationToken));
            }

            return null;
        }
        catch (OperationCanceledException) when (any.IsCancellationRequested)
        {
            transaction.Cancel(WhyOver(timeout, cancellationToken));
            transaction.Close();
            return null;
        }
#pragma warning disable CA1031 // Thrown again when it is decided to cancel.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            transaction.Cancel($"Its caller threw {exception.GetType().Name}.");
            transaction.Close();
            return exception;
        }
    }

    private string WhyOver(CancellationTokenSource timeout, CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? "Its caller gave up."
        : timeout.IsCancellationRequested ? $"The tries took longer than {options.Timeout}."
        : "Another instance has taken it over.";

    /// <summary>Repeats a write that failed: the decision was made, and is written as it is or not at all.</summary>
    private async Task DecideAsync(TccEnding ending, TccHold hold, string? doom, bool leaves)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await ending.DecideAsync(doom is null, doom, leaves ? new WorkNext.Later(TimeSpan.Zero) : WorkNext.GoOn, hold.Lost).ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException) when (hold.Lost.IsCancellationRequested)
            {
                throw new WorkLostException(hold.Lease);
            }
            catch (Exception exception) when (exception is not WorkLostException && !WriteRetry.IsExhausted(tries, exception))
            {
                WorkLog.WriteFailed(logger, TccHistory.Scope, hold.Lease.Id, exception);
                await Task.Delay(WriteRetry.DelayAfter(tries), time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task EndAsync(string id, WorkRun run, TccEnding ending, TccHold hold)
    {
        try
        {
            if (await ending.EndAsync(hold.Lost).ConfigureAwait(false) is { } unfinished)
            {
                await run.WriteAsync(
                    new WorkProgress
                    {
                        Attempts = unfinished.Wait is null ? 1 : null,
                        Error = unfinished.Missing,
                        Next = unfinished.Wait ?? new WorkNext.Later(options.Retry.DelayAfter(1)),
                    },
                    CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (hold.Lost.IsCancellationRequested)
        {
            throw new WorkLostException(hold.Lease);
        }
#pragma warning disable CA1031 // The decision stands: when the lease ends, the engine goes on from it.
        catch (Exception exception) when (exception is not WorkLostException)
#pragma warning restore CA1031
        {
            WorkLog.WriteFailed(logger, TccHistory.Scope, hold.Lease.Id, exception);
        }

        ends.Announce(id);
    }

    private async Task<TccOutcome> WaitAsync(string id, bool toEnd, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var next = ends.NextAsync(id);
                var found = await FindAsync(id, cancellationToken).ConfigureAwait(false)
                    ?? throw new InvalidOperationException($"Transaction {id} was collected while its outcome was waited for.");
                if (found.Status is not (TccStatus.Trying or TccStatus.Confirming or TccStatus.Cancelling) || (!toEnd && found.Status != TccStatus.Trying))
                {
                    return found;
                }

                using var awake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                await Task.WhenAny(next, Task.Delay(LookInterval, time, awake.Token)).ConfigureAwait(false);
                await awake.CancelAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            ends.Forget(id);
        }
    }
}
