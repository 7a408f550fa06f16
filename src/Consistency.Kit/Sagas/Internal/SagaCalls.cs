namespace Consistency.Kit.Sagas.Internal;

/// <summary>Calls the user's code and says what happened.</summary>
internal sealed class SagaCalls<TSaga, TInput>(
    SagaDefinition<TSaga, TInput> definition,
    SagaIdentity identity,
    TInput input,
    Func<IServiceProvider?, TSaga> resolve,
    ISagaCodec codec,
    SagaLimits limits,
    TimeProvider time)
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private const int MaxReason = 500;

    internal SagaDefinition<TSaga, TInput> Definition => definition;

    internal TimeProvider Time => time;

    /// <summary>Null where there are no databases, as in a rehearsal.</summary>
    internal SagaBarrier? Barrier { get; init; }

    internal Func<SagaCall, SagaFault> Faults { get; init; } = static _ => SagaFault.None;

    internal ValueTask<IDisposable?> EnterAsync(StepProgress step, CancellationToken cancellationToken) =>
        limits.EnterAsync(definition.Name, step.Plan, cancellationToken);

    internal async Task<SagaEvent> MakeAsync(SagaCall call, StepProgress step, SagaProgress progress, IServiceProvider? services, CancellationToken cancellationToken)
    {
        using var activity = SagaTelemetry.StartCall(identity, call);
        var fault = Faults(call);
        switch (fault)
        {
            case SagaFault.CrashBefore:
                throw new SagaCrashException();
            case SagaFault.LoseRequest:
                throw new TimeoutException("The request was lost, because a test wanted it to be.");
            case SagaFault.Refuse when call.Kind == SagaCallKind.Run && step.Zone != StepZone.Retriable:
                return Answered(call, new StepReply.Refused("a test wanted it to be"));
            case SagaFault.Refuse:
                throw new InvalidOperationException($"{call.Kind} of '{call.Step}' cannot be refused: only steps up to the pivot can.");
            default:
                break;
        }

        var timeout = TimeoutOf(call, step);
        using var expiry = new CancellationTokenSource(timeout, time);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        try
        {
            var reply = step.Plan.Database is { } database && call.Kind != SagaCallKind.Check && Barrier is not null
                ? await Barrier.PassAsync(database, call, services!, token => InvokeAsync(call, step, progress, resolve(services), token), attempt.Token).ConfigureAwait(false)
                : await InvokeAsync(call, step, progress, resolve(services), attempt.Token).ConfigureAwait(false);
            return fault switch
            {
                SagaFault.CrashAfter => throw new SagaCrashException(),
                SagaFault.LoseReply => throw new TimeoutException("The reply was lost, because a test wanted it to be."),
                _ => Answered(call, reply),
            };
        }
        catch (OperationCanceledException exception) when (expiry.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No answer within {timeout}.", exception);
        }
    }

    internal SagaEvent Failed(SagaCall call, StepProgress step, Exception exception, bool isCancelled)
    {
        var (kind, policy, failures) = call.Kind switch
        {
            SagaCallKind.Run => (SagaEventKind.StepFailed, step.Plan.Retry, step.Failures),
            SagaCallKind.Check => (SagaEventKind.CheckFailed, step.Plan.Retry, step.CheckFailures),
            _ => (SagaEventKind.UndoFailed, step.Plan.UndoRetry, step.UndoFailures),
        };
        var now = time.GetUtcNow();
        return new SagaEvent(kind, now)
        {
            Step = call.Step,
            Attempt = call.Attempt,
            Until = now + policy.DelayAfter(Math.Max(failures, 0) + 1),
            IsFinal = policy.IsFinal(exception),
            Reason = isCancelled ? "The saga turned back while it ran." : Cut($"{exception.GetType().Name}: {exception.Message}"),
        };
    }

    private async Task<StepReply> InvokeAsync(SagaCall call, StepProgress step, SagaProgress progress, TSaga saga, CancellationToken cancellationToken)
    {
        var binding = definition.Binding(call.Step);
        var context = new SagaContext<TInput>(identity, input, call, progress, codec);
        switch (call.Kind)
        {
            case SagaCallKind.Run:
                return await binding.Run(saga, context, codec, cancellationToken).ConfigureAwait(false);
            case SagaCallKind.Check:
                return await binding.Check(saga, context, codec, cancellationToken).ConfigureAwait(false);
            default:
                await binding.Undo(saga, context, step, codec, cancellationToken).ConfigureAwait(false);
                return StepReply.DoneWithoutResult;
        }
    }

    private SagaEvent Answered(SagaCall call, StepReply reply)
    {
        var now = time.GetUtcNow();
        var (kind, until) = (call.Kind, reply) switch
        {
            (SagaCallKind.Undo, _) => (SagaEventKind.UndoDone, (DateTimeOffset?)null),
            (_, StepReply.Done) => (SagaEventKind.StepDone, null),
            (_, StepReply.Refused) => (SagaEventKind.StepRefused, null),
            (SagaCallKind.Run, StepReply.Pending pending) => (SagaEventKind.StepPending, now + pending.Delay),
            (_, StepReply.Pending pending) => (SagaEventKind.CheckPending, now + pending.Delay),
            _ => (SagaEventKind.StepNotFound, null),
        };
        return new SagaEvent(kind, now)
        {
            Step = call.Step,
            Attempt = call.Attempt,
            Until = until,
            Reason = reply is StepReply.Refused refused ? Cut(refused.Reason) : null,
            Payload = (reply as StepReply.Done)?.Result,
        };
    }

    private TimeSpan TimeoutOf(SagaCall call, StepProgress step)
    {
        if (call.Kind == SagaCallKind.Undo)
        {
            return step.Plan.UndoTimeout;
        }

        var left = SagaMachine.DeadlineOf(step) is { } deadline && call.Kind == SagaCallKind.Run ? deadline - time.GetUtcNow() : TimeSpan.MaxValue;
        return left > step.Plan.Timeout ? step.Plan.Timeout : left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    private static string Cut(string text) => text.Length > MaxReason ? text[..MaxReason] : text;
}
