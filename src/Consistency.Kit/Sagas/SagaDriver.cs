using Consistency.Kit.Sagas.Internal;
using Consistency.Kit.Work;

namespace Consistency.Kit.Sagas;

/// <summary>Drives one saga: decides, notes what was decided, calls the steps, notes what they answered.</summary>
/// <remarks>
/// What it starts it has noted before, so that a crash at any point leaves a history from which another driver goes on. One object drives
/// once.
/// </remarks>
public sealed class SagaDriver<TSaga, TInput>
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly Lock _lock = new();
    private readonly SagaCalls<TSaga, TInput> _calls;
    private readonly ISagaJournal _journal;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);
    private SagaProgress _progress;
    private bool _isAhead;
    private bool _isAppending;
    private SagaDecision? _next;
    private SagaRest? _rest;

    internal SagaDriver(SagaCalls<TSaga, TInput> calls, ISagaJournal journal, DateTimeOffset startedAt)
    {
        _calls = calls;
        _journal = journal;
        _time = calls.Time;
        _progress = new SagaProgress(calls.Definition.Plan, startedAt);
    }

    /// <summary>Where the saga stands.</summary>
    public SagaProgress Progress => _progress;

    /// <summary>Drives until nothing more can be done at once. Where the saga came to is noted before this returns.</summary>
    /// <param name="cancellationToken">Cancels what is running; its outcome is then unknown, and the saga can be driven again.</param>
    public async Task<SagaRest> RunAsync(CancellationToken cancellationToken)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var forward = CancellationTokenSource.CreateLinkedTokenSource(running.Token);
        try
        {
            await ReloadAsync(running.Token).ConfigureAwait(false);
            await LookForSignalAsync(running.Token).ConfigureAwait(false);
            while (_rest is null)
            {
                await StepAsync(forward, running.Token).ConfigureAwait(false);
            }

            return _rest;
        }
        catch (SagaCrashException)
        {
            return new SagaRest.Crashed();
        }
        finally
        {
            await running.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(_running.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Decides once, starts what was decided, and waits until something has changed.</summary>
    private async Task StepAsync(CancellationTokenSource forward, CancellationToken cancellationToken)
    {
        SagaDecision decision;
        List<SagaEvent> facts = [];
        SagaRest? rest = null;
        lock (_lock)
        {
            // What a call commits together with its outcome follows from the progress as it is now.
            decision = _isAhead ? new SagaDecision() : _next ?? Decide(_progress, [.. _running.Keys], facts);
            _next = null;
            rest = _running.Count == 0 ? RestOf(_progress, decision) : null;
            _isAppending = facts.Count > 0;
        }

        if (facts.Count > 0 || rest is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await _journal.AppendAsync(new SagaEntry(facts, rest), CancellationToken.None).ConfigureAwait(false);
            _rest = rest;
        }

        lock (_lock)
        {
            _isAppending = false;
        }

        if (_progress.Direction == SagaDirection.Backward)
        {
            // Its outcome will be undone in any case.
            await forward.CancelAsync().ConfigureAwait(false);
        }

        lock (_lock)
        {
            foreach (var call in decision.Calls)
            {
                _running[call.Step] = CallAsync(call, call.Kind == SagaCallKind.Undo ? cancellationToken : forward.Token, cancellationToken);
            }
        }

        if (_rest is null && _running.Count > 0)
        {
            await WaitAsync(decision.WakeAt, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WaitAsync(DateTimeOffset? wakeAt, CancellationToken cancellationToken)
    {
        using var awake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var left = wakeAt is { } at ? at - _time.GetUtcNow() : Timeout.InfiniteTimeSpan;
        var alarm = Task.Delay(wakeAt is null ? Timeout.InfiniteTimeSpan : left < TimeSpan.Zero ? TimeSpan.Zero : left > MaxDelay ? MaxDelay : left, _time, awake.Token);
        await Task.WhenAny([.. _running.Values, alarm]).ConfigureAwait(false);
        await awake.CancelAsync().ConfigureAwait(false);
        foreach (var (step, call) in _running.Where(call => call.Value.IsCompleted).ToList())
        {
            lock (_lock)
            {
                _running.Remove(step);
            }

            await call.ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TimeSpan MaxDelay => TimeSpan.FromDays(1);

    /// <summary>Makes one call and notes its outcome, together with what follows from it when nothing runs beside it.</summary>
    private async Task CallAsync(SagaCall call, CancellationToken cancellationToken, CancellationToken driving)
    {
        // All calls of a decision are there before the first one is made.
        await Task.Yield();
        var step = _progress.Find(call.Step)!;
        SagaEvent? outcome = null;
        var ahead = default(AheadOf);
        var hasAnswered = false;
        try
        {
            using var turn = await _calls.EnterAsync(step, cancellationToken).ConfigureAwait(false);
            await _journal.ExecuteAsync(
                step.Plan.IsAtomic,
                async (services, token) =>
                {
                    hasAnswered = false;
                    outcome = await _calls.MakeAsync(call, step, _progress, services, token).ConfigureAwait(false);
                    hasAnswered = true;
                    ahead = step.Plan.IsAtomic && outcome.Kind is not (SagaEventKind.StepDone or SagaEventKind.UndoDone)
                        ? throw new UnkeptOutcomeException(outcome)
                        : LookAhead(outcome);
                    return ahead.Entry;
                },
                cancellationToken).ConfigureAwait(false);
            Accept(outcome!, ahead);
            return;
        }
        catch (UnkeptOutcomeException unkept)
        {
            outcome = unkept.Outcome;
            hasAnswered = false;
        }
        catch (Exception exception) when (exception is not (SagaCrashException or WorkLostException) && !driving.IsCancellationRequested)
        {
            outcome = _calls.Failed(call, step, exception, isCancelled: cancellationToken.IsCancellationRequested);
        }

        if (hasAnswered)
        {
            // The commit failed, or only its answer was lost. The history knows, once our own note is behind it.
            await _journal.AppendAsync(new SagaEntry([outcome], null), CancellationToken.None).ConfigureAwait(false);
            await ReloadAsync(CancellationToken.None).ConfigureAwait(false);
            return;
        }

        ahead = LookAhead(outcome);
        await _journal.AppendAsync(ahead.Entry, CancellationToken.None).ConfigureAwait(false);
        Accept(outcome, ahead);
    }

    /// <summary>Finds what is to be noted with an outcome. Nothing of it counts until <see cref="Accept"/>.</summary>
    private AheadOf LookAhead(SagaEvent outcome)
    {
        lock (_lock)
        {
            if (_running.Count > 1 || _isAppending)
            {
                return new AheadOf(new SagaEntry([outcome], null), null, null);
            }

            _isAhead = true;
            var progress = _progress.Clone();
            progress.Apply(outcome);
            List<SagaEvent> events = [outcome];
            var next = Decide(progress, [], events);
            return new AheadOf(new SagaEntry(events, RestOf(progress, next)), progress, next);
        }
    }

    private void Accept(SagaEvent outcome, AheadOf ahead)
    {
        lock (_lock)
        {
            _isAhead = false;
            if (ahead.Progress is null)
            {
                _progress.Apply(outcome);
                return;
            }

            _progress = ahead.Progress;
            _next = ahead.Next;
            _rest = ahead.Entry.Rest;
        }
    }

    private SagaDecision Decide(SagaProgress progress, IReadOnlyCollection<string> inFlight, List<SagaEvent> facts)
    {
        SagaDecision decision;
        do
        {
            decision = SagaMachine.Decide(progress, inFlight, _time.GetUtcNow());
            decision.Facts.ForEach(progress.Apply);
            facts.AddRange(decision.Facts);
        }
        while (decision.Facts.Count > 0 && decision.Calls.Count == 0);

        return decision;
    }

    private static SagaRest? RestOf(SagaProgress progress, SagaDecision decision) =>
        decision.Calls.Count > 0 ? null
        : progress.End is { } end ? new SagaRest.Ended(end)
        : progress.IsParked ? new SagaRest.Parked(progress.Reason)
        : new SagaRest.Sleeping(decision.WakeAt ?? DateTimeOffset.MaxValue, decision.AwaitedSignal);

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var events = await _journal.ReadAsync(cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            _isAhead = false;
            _progress = new SagaProgress(_progress.Plan, _progress.StartedAt);
            foreach (var happened in events)
            {
                _progress.Apply(happened);
            }
        }
    }

    private async Task LookForSignalAsync(CancellationToken cancellationToken)
    {
        if (SagaMachine.AwaitedBy(_progress) is { } wait && await _journal.FindSignalAsync(wait.Name, cancellationToken).ConfigureAwait(false) is { } payload)
        {
            var come = new SagaEvent(SagaEventKind.SignalReceived, _time.GetUtcNow()) { Step = wait.Name, Payload = payload };
            await _journal.AppendAsync(new SagaEntry([come], null), CancellationToken.None).ConfigureAwait(false);
            _progress.Apply(come);
        }
    }

    /// <summary>An outcome with what follows from it.</summary>
    private readonly record struct AheadOf(SagaEntry Entry, SagaProgress? Progress, SagaDecision? Next);
}
