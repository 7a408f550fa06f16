using System.Globalization;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Remote;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>The tries of one transaction, under the claim of its caller.</summary>
internal sealed class TccTransaction(string id, WorkRun run, TccOptions options, TccPost post, TimeProvider time)
{
    private readonly Lock _gate = new();
    private int _open;
    private bool _isOver;

    internal string Id => id;

    internal TccHistory History { get; } = new();

    /// <summary>Why it cannot be confirmed any more; the first reason counts.</summary>
    internal string? Doom { get; private set; }

    internal void Cancel(string reason)
    {
        lock (_gate)
        {
            Doom ??= WorkErrors.Cut(reason);
        }
    }

    /// <summary>Ends the tries: nothing is tried from here on, and what is still open dooms.</summary>
    internal void Close()
    {
        lock (_gate)
        {
            _isOver = true;
            if (_open > 0)
            {
                Doom ??= $"{_open} tries were not awaited.";
            }
        }
    }

    internal async Task<RemoteAnswer> TryAsync(TccParticipant participant, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (Enter(participant, request) is not { } branch)
        {
            return new RemoteAnswer.Unknown($"It was not called: {Doom}");
        }

        var answer = default(RemoteAnswer);
        try
        {
            var call = new RemoteCall(id, branch.Id, RemoteOperation.Try);
            using var activity = TccTelemetry.StartCall(branch.Name, call);
            answer = await AskAsync(participant, branch, call, cancellationToken).ConfigureAwait(false);
            TccTelemetry.Answered(activity, answer);
            return answer;
        }
        finally
        {
            lock (_gate)
            {
                _open--;
                Doom ??= answer switch
                {
                    RemoteAnswer.Done => null,
                    RemoteAnswer.Refused refused => $"Branch {branch.Id} '{branch.Name}' was refused: {refused.Refusal.Reason}",
                    RemoteAnswer.Unknown unknown => $"Branch {branch.Id} '{branch.Name}' gave no answer: {unknown.Reason}",
                    _ => $"Branch {branch.Id} '{branch.Name}' was not tried to its end.",
                };
            }
        }
    }

    private TccBranchEntry? Enter(TccParticipant participant, ReadOnlyMemory<byte> request)
    {
        lock (_gate)
        {
            if (_isOver)
            {
                throw new InvalidOperationException($"The tries of transaction {id} are over: await every TryAsync before the function that was given to RunAsync returns.");
            }

            if (Doom is not null)
            {
                return null;
            }

            _open++;
            var branch = new TccBranchEntry((History.Branches.Count + 1).ToString("00", CultureInfo.InvariantCulture), participant.Name, request);
            History.Branches.Add(branch);
            return branch;
        }
    }

    /// <summary>Writes the branch down, then asks it; a question by message goes out with that write.</summary>
    private async Task<RemoteAnswer> AskAsync(TccParticipant participant, TccBranchEntry branch, RemoteCall call, CancellationToken cancellationToken)
    {
        var posted = participant as MessageTccParticipant;
        try
        {
            CrashPoint.At("tcc.registering");
            await post.WriteAsync(
                run,
                new WorkProgress { Events = [TccHistory.Register(branch)] },
                posted is null ? [] : [new TccQuestion(posted, call, branch.Request)],
                cancellationToken).ConfigureAwait(false);
            CrashPoint.At("tcc.registered");
        }
        catch (WorkLostException)
        {
            return new RemoteAnswer.Unknown("It was not called: another instance has taken the transaction over.");
        }

        return posted is null
            ? await CallAsync((CalledTccParticipant)participant, call, branch.Request, cancellationToken).ConfigureAwait(false)
            : await post.ReplyAsync(run, call, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RemoteAnswer> CallAsync(CalledTccParticipant participant, RemoteCall call, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        for (var unknown = 0; ;)
        {
            var answer = await participant.CallAsync(call, request, cancellationToken).ConfigureAwait(false);
            CrashPoint.At("tcc.tried");
            TimeSpan delay;
            switch (answer)
            {
                case RemoteAnswer.Running running:
                    delay = running.RetryAfter ?? options.TryRetry.DelayAfter(1);
                    break;
                case RemoteAnswer.Unknown when ++unknown < options.TryRetry.MaxAttempts:
                    delay = options.TryRetry.DelayAfter(unknown);
                    break;
                default:
                    return answer;
            }

            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
