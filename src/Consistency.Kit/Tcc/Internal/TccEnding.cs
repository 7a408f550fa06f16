using Consistency.Kit.Diagnostics;
using Consistency.Kit.Remote;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Writes the decision of one transaction down, then asks every branch until all have answered.</summary>
internal sealed class TccEnding(string id, WorkRun run, TccHistory history, TccCatalog catalog, TccOptions options, TccPost post, TimeProvider time, ILogger logger)
{
    /// <summary>Makes the decision durable, and asks with it whoever is asked by message. It is never changed.</summary>
    /// <exception cref="WorkLostException">The claim is lost; nothing was written.</exception>
    internal async Task DecideAsync(bool confirms, string? reason, WorkNext next, CancellationToken cancellationToken)
    {
        var questions = history.Branches
            .Select(branch => catalog.Find(branch.Name) is MessageTccParticipant participant ? new TccQuestion(participant, CallOf(branch, confirms), branch.Request) : null)
            .OfType<TccQuestion>()
            .ToList();
        CrashPoint.At("tcc.deciding");
        await AskAsync([TccHistory.Decide(confirms, reason)], questions, new WorkProgress { Error = reason, Next = next }, cancellationToken).ConfigureAwait(false);
        history.Decided(confirms, reason);
        CrashPoint.At("tcc.decided");
        if (!confirms)
        {
            TccLog.Cancelling(logger, id, reason!);
        }
    }

    /// <summary>Asks every branch that has not answered yet, all at once.</summary>
    /// <returns>What is missing; null when the transaction has ended.</returns>
    internal async Task<TccUnfinished?> EndAsync(CancellationToken cancellationToken)
    {
        var open = history.Branches.Where(branch => !history.Over.Contains(branch.Id)).ToList();
        var replies = open.Exists(branch => catalog.Find(branch.Name) is MessageTccParticipant) ? await run.ReadSignalsAsync(cancellationToken).ConfigureAwait(false) : [];
        var answers = await Task.WhenAll(open.Select(branch => EndAsync(branch, replies, cancellationToken))).ConfigureAwait(false);
        var missing = answers.Where(answer => answer.Missing is not null).ToList();
        CrashPoint.At("tcc.ending");
        if (missing.Count == 0)
        {
            // That it has ended says that all of them have answered; and mere ends are committed together with others.
            await run.WriteAsync(new WorkProgress { Next = history.Confirms == true ? WorkNext.Done : new WorkNext.Ended(WorkStatus.Compensated) }, CancellationToken.None).ConfigureAwait(false);
            CrashPoint.At("tcc.ended");
            TccTelemetry.Ended(history.Confirms == true);
            return null;
        }

        var over = open.Where((_, index) => answers[index].Missing is null).Select(branch => branch.Id).ToList();
        var again = missing.Select(answer => answer.Again).OfType<TccQuestion>().ToList();
        if (over.Count > 0 || again.Count > 0)
        {
            await AskAsync([.. over.Select(TccHistory.End)], again, new WorkProgress(), CancellationToken.None).ConfigureAwait(false);
            history.Over.UnionWith(over);
        }

        return new TccUnfinished(missing[0].Missing!, missing.TrueForAll(answer => answer.Wait is not null) ? missing.Select(answer => answer.Wait!).MinBy(wait => wait.Delay) : null);
    }

    private RemoteCall CallOf(TccBranchEntry branch, bool confirms) => new(id, branch.Id, confirms ? RemoteOperation.Confirm : RemoteOperation.Cancel);

    private async Task AskAsync(IReadOnlyList<WorkEvent> events, IReadOnlyList<TccQuestion> questions, WorkProgress progress, CancellationToken cancellationToken)
    {
        await post.WriteAsync(run, progress with { Events = [.. events, .. questions.Select(question => TccHistory.Ask(question.Call.BranchId))] }, questions, cancellationToken).ConfigureAwait(false);
        foreach (var question in questions)
        {
            history.Asked[question.Call.BranchId] = time.GetUtcNow();
        }
    }

    private async Task<Answer> EndAsync(TccBranchEntry branch, IReadOnlyList<WorkSignal> replies, CancellationToken cancellationToken)
    {
        var call = CallOf(branch, history.Confirms == true);
        var answer = catalog.Find(branch.Name) switch
        {
            CalledTccParticipant called => new Answer(await CallAsync(called, branch, call, cancellationToken).ConfigureAwait(false)),
            MessageTccParticipant asked => Reply(asked, branch, call, replies),
            _ => new Answer("this instance does not know it: add it to kit.AddTcc(…)"),
        };
        if (answer.Missing is null)
        {
            return answer;
        }

        if (answer.Wait is null)
        {
            TccLog.Unfinished(logger, call.OperationName, branch.Id, branch.Name, id, answer.Missing);
        }

        return answer with { Missing = $"{call.OperationName} of branch {branch.Id} '{branch.Name}': {answer.Missing}" };
    }

    private async Task<string?> CallAsync(CalledTccParticipant participant, TccBranchEntry branch, RemoteCall call, CancellationToken cancellationToken)
    {
        using var activity = TccTelemetry.StartCall(branch.Name, call);
        using var timeout = new CancellationTokenSource(options.EndTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var answer = await participant.CallAsync(call, branch.Request, either.Token).ConfigureAwait(false);
            TccTelemetry.Answered(activity, answer);
            CrashPoint.At("tcc.asked");
            return MissingIn(answer);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {options.EndTimeout}";
        }
    }

    private Answer Reply(MessageTccParticipant participant, TccBranchEntry branch, RemoteCall call, IReadOnlyList<WorkSignal> replies)
    {
        if (TccPost.Find(replies, call) is { } reply)
        {
            return new Answer(MissingIn(reply));
        }

        var age = history.Asked.TryGetValue(branch.Id, out var asked) ? time.GetUtcNow() - asked : TimeSpan.MaxValue;
        return age < options.AskAgainAfter
            ? new Answer("it has not replied yet", Wait: new WorkNext.Later(options.AskAgainAfter - age) { UnlessSignalled = TccPost.SignalOf(call) })
            : new Answer($"no reply within {options.AskAgainAfter}", Again: new TccQuestion(participant, call, branch.Request));
    }

    private static string? MissingIn(RemoteAnswer answer) => answer switch
    {
        RemoteAnswer.Done => null,
        RemoteAnswer.Running => "it is still running",
        RemoteAnswer.Refused refused => $"it was refused, which only a try may be: {refused.Refusal.Reason}",
        RemoteAnswer.Unknown unknown => unknown.Reason,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>What is known of one branch.</summary>
    /// <param name="Missing">Null when it has answered.</param>
    /// <param name="Again">The question that is to be asked again.</param>
    /// <param name="Wait">How long its reply may take yet.</param>
    private sealed record Answer(string? Missing, TccQuestion? Again = null, WorkNext.Later? Wait = null);
}
