using System.Globalization;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Remote;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>The tries of one transaction, under the claim of its caller.</summary>
internal sealed class TccTransaction(string id, WorkRun run, TccOptions options, TimeProvider time)
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
            answer = await RegisterAsync(branch, cancellationToken).ConfigureAwait(false)
                ? await CallAsync(participant, new RemoteCall(id, branch.Id, RemoteOperation.Try), request, cancellationToken).ConfigureAwait(false)
                : new RemoteAnswer.Unknown("It was not called: another instance has taken the transaction over.");
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

    /// <summary>False when the claim is lost.</summary>
    private async Task<bool> RegisterAsync(TccBranchEntry branch, CancellationToken cancellationToken)
    {
        try
        {
            CrashPoint.At("tcc.registering");
            await run.WriteAsync(new WorkProgress { Events = [TccHistory.Register(branch)] }, cancellationToken).ConfigureAwait(false);
            CrashPoint.At("tcc.registered");
            return true;
        }
        catch (WorkLostException)
        {
            return false;
        }
    }

    private async Task<RemoteAnswer> CallAsync(TccParticipant participant, RemoteCall call, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
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
