using Consistency.Kit.Diagnostics;
using Consistency.Kit.Remote;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Writes the decision of one transaction down, then asks every branch until all have answered.</summary>
internal sealed class TccEnding(string id, WorkRun run, TccHistory history, TccCatalog catalog, TccOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Makes the decision durable. It is never changed.</summary>
    /// <exception cref="WorkLostException">The claim is lost; nothing was written.</exception>
    internal async Task DecideAsync(bool confirms, string? reason, WorkNext next, CancellationToken cancellationToken)
    {
        CrashPoint.At("tcc.deciding");
        await run.WriteAsync(new WorkProgress { Events = [TccHistory.Decide(confirms, reason)], Error = reason, Next = next }, cancellationToken).ConfigureAwait(false);
        history.Decided(confirms, reason);
        CrashPoint.At("tcc.decided");
        if (!confirms)
        {
            TccLog.Cancelling(logger, id, reason!);
        }
    }

    /// <summary>Asks every branch that has not answered yet, all at once.</summary>
    /// <returns>What the first one lacks that did not answer; null when the transaction has ended.</returns>
    internal async Task<TccUnfinishedException?> EndAsync(CancellationToken cancellationToken)
    {
        var open = history.Branches.Where(branch => !history.Over.Contains(branch.Id)).ToList();
        var answers = await Task.WhenAll(open.Select(branch => AskAsync(branch, cancellationToken))).ConfigureAwait(false);
        var over = open.Where((_, index) => answers[index] is null).ToList();
        var missing = answers.OfType<string>().FirstOrDefault();
        CrashPoint.At("tcc.ending");
        if (missing is null)
        {
            // That it has ended says that all of them have answered; and mere ends are committed together with others.
            await run.WriteAsync(new WorkProgress { Next = history.Confirms == true ? WorkNext.Done : new WorkNext.Ended(WorkStatus.Compensated) }, CancellationToken.None).ConfigureAwait(false);
            CrashPoint.At("tcc.ended");
            TccTelemetry.Ended(history.Confirms == true);
            return null;
        }

        if (over.Count > 0)
        {
            await run.WriteAsync(new WorkProgress { Events = [.. over.Select(branch => TccHistory.End(branch.Id))] }, CancellationToken.None).ConfigureAwait(false);
            history.Over.UnionWith(over.Select(branch => branch.Id));
        }

        return new TccUnfinishedException(missing);
    }

    /// <summary>Null when the branch has answered.</summary>
    private async Task<string?> AskAsync(TccBranchEntry branch, CancellationToken cancellationToken)
    {
        var call = new RemoteCall(id, branch.Id, history.Confirms == true ? RemoteOperation.Confirm : RemoteOperation.Cancel);
        var missing = await CallAsync(branch, call, cancellationToken).ConfigureAwait(false);
        if (missing is null)
        {
            return null;
        }

        TccLog.Unfinished(logger, call.OperationName, branch.Id, branch.Name, id, missing);
        return $"{call.OperationName} of branch {branch.Id} '{branch.Name}': {missing}";
    }

    private async Task<string?> CallAsync(TccBranchEntry branch, RemoteCall call, CancellationToken cancellationToken)
    {
        if (catalog.Find(branch.Name) is not { } participant)
        {
            return "this instance does not know it: add it to kit.AddTcc(…)";
        }

        using var timeout = new CancellationTokenSource(options.EndTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var answer = await participant.CallAsync(call, branch.Request, either.Token).ConfigureAwait(false);
            CrashPoint.At("tcc.asked");
            return answer switch
            {
                RemoteAnswer.Done => null,
                RemoteAnswer.Running => "it is still running",
                RemoteAnswer.Refused refused => $"it was refused, which only a try may be: {refused.Refusal.Reason}",
                RemoteAnswer.Unknown unknown => unknown.Reason,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {options.EndTimeout}";
        }
    }
}
