namespace Consistency.Kit.Sagas.Internal;

/// <summary>Makes bindings out of what the builders are given.</summary>
internal static class StepBindings<TSaga, TInput>
    where TInput : notnull
{
    internal static StepBinding<TSaga, TInput> Step<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome<TResult>>>> run,
        Func<TSaga, Func<SagaContext<TInput>, Attempt<TResult>, CancellationToken, Task>> undo,
        CompensatableStepOptions options)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(undo);
        return new()
        {
            Step = PlannedStep.From(key.Name, StepZone.Compensatable, options),
            Run = async (saga, context, codec, cancellationToken) => Reply(await run(saga)(context, cancellationToken).ConfigureAwait(false), codec),
            Undo = (saga, context, step, codec, cancellationToken) =>
                undo(saga)(context, step.HasResult ? new Attempt<TResult>(codec.Decode<TResult>(step.Result)) : new Attempt<TResult>(), cancellationToken),
            Require = static codec => codec.Require<TResult>(),
        };
    }

    internal static StepBinding<TSaga, TInput> Step(
        StepKey key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome>>> run,
        Func<TSaga, Func<SagaContext<TInput>, Attempt, CancellationToken, Task>> undo,
        CompensatableStepOptions options)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(undo);
        return new()
        {
            Step = PlannedStep.From(key.Name, StepZone.Compensatable, options),
            Run = async (saga, context, _, cancellationToken) => Reply(await run(saga)(context, cancellationToken).ConfigureAwait(false)),
            Undo = (saga, context, step, _, cancellationToken) => undo(saga)(context, new Attempt(step.Phase == StepPhase.Done), cancellationToken),
        };
    }

    internal static StepBinding<TSaga, TInput> Pivot<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome<TResult>>>> run,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<CheckOutcome<TResult>>>>? check,
        FinalStepOptions options)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(run);
        return new()
        {
            Step = PlannedStep.From(key.Name, StepZone.Pivot, options, check is not null),
            Run = async (saga, context, codec, cancellationToken) => Reply(await run(saga)(context, cancellationToken).ConfigureAwait(false), codec),
            Check = async (saga, context, codec, cancellationToken) => await check!(saga)(context, cancellationToken).ConfigureAwait(false) switch
            {
                CheckOutcome<TResult>.Finished done => new StepReply.Done(codec.Encode(done.Result)),
                CheckOutcome<TResult>.Refused refused => new StepReply.Refused(refused.Refusal.Reason),
                CheckOutcome<TResult>.Pending pending => new StepReply.Pending(pending.Delay),
                CheckOutcome<TResult>.Absent => StepReply.NotFound,
                _ => throw Nothing(context.Step),
            },
            Require = static codec => codec.Require<TResult>(),
        };
    }

    internal static StepBinding<TSaga, TInput> Pivot(
        StepKey key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome>>> run,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<CheckOutcome>>>? check,
        FinalStepOptions options)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(run);
        return new()
        {
            Step = PlannedStep.From(key.Name, StepZone.Pivot, options, check is not null),
            Run = async (saga, context, _, cancellationToken) => Reply(await run(saga)(context, cancellationToken).ConfigureAwait(false)),
            Check = async (saga, context, _, cancellationToken) => await check!(saga)(context, cancellationToken).ConfigureAwait(false) switch
            {
                CheckOutcome.Finished => StepReply.DoneWithoutResult,
                CheckOutcome.Refused refused => new StepReply.Refused(refused.Refusal.Reason),
                CheckOutcome.Pending pending => new StepReply.Pending(pending.Delay),
                CheckOutcome.Absent => StepReply.NotFound,
                _ => throw Nothing(context.Step),
            },
        };
    }

    internal static StepBinding<TSaga, TInput> Retriable<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<TResult>>> run,
        FinalStepOptions options)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(run);
        return new()
        {
            Step = PlannedStep.From(key.Name, StepZone.Retriable, options),
            Run = async (saga, context, codec, cancellationToken) => new StepReply.Done(codec.Encode(await run(saga)(context, cancellationToken).ConfigureAwait(false))),
            Require = static codec => codec.Require<TResult>(),
        };
    }

    internal static StepBinding<TSaga, TInput> Retriable(StepKey key, Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task>> run, FinalStepOptions options)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(run);
        return new()
        {
            Step = PlannedStep.From(key.Name, StepZone.Retriable, options),
            Run = async (saga, context, _, cancellationToken) =>
            {
                await run(saga)(context, cancellationToken).ConfigureAwait(false);
                return StepReply.DoneWithoutResult;
            },
        };
    }

    internal static StepBinding<TSaga, TInput> Wait<TPayload>(SignalKey<TPayload> key, StepZone zone, TimeSpan within)
        where TPayload : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(within, TimeSpan.Zero);
        return new()
        {
            Step = new PlannedStep { Name = key.Name, Zone = zone, IsWait = true, Deadline = within },
            Require = static codec => codec.Require<TPayload>(),
        };
    }

    private static StepReply Reply<TResult>(StepOutcome<TResult> outcome, ISagaCodec codec)
        where TResult : notnull => outcome switch
        {
            StepOutcome<TResult>.Finished done => new StepReply.Done(codec.Encode(done.Result)),
            StepOutcome<TResult>.Refused refused => new StepReply.Refused(refused.Refusal.Reason),
            StepOutcome<TResult>.Pending pending => new StepReply.Pending(pending.Delay),
            _ => throw new InvalidOperationException("A step returned null; return its result, a Refusal, or StepOutcome<T>.NotYet(…)."),
        };

    private static StepReply Reply(StepOutcome outcome) => outcome switch
    {
        StepOutcome.Finished => StepReply.DoneWithoutResult,
        StepOutcome.Refused refused => new StepReply.Refused(refused.Refusal.Reason),
        StepOutcome.Pending pending => new StepReply.Pending(pending.Delay),
        _ => throw new InvalidOperationException("A step returned null; return StepOutcome.Done, a Refusal, or StepOutcome.NotYet(…)."),
    };

    private static InvalidOperationException Nothing(string step) =>
        new($"The check of '{step}' returned null; return what it found, a Refusal, NotFound, or NotYet(…).");
}
