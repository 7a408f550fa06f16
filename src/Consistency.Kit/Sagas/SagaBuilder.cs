using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>Describes a saga up to its pivot: every step here can be undone.</summary>
/// <remarks>Stages run one after the other, and are undone in reverse.</remarks>
public sealed class SagaBuilder<TSaga, TInput>
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly SagaDraft<TSaga, TInput> _draft;

    internal SagaBuilder(SagaDraft<TSaga, TInput> draft) => _draft = draft;

    /// <summary>Turns the saga back when it has not come to its pivot in time. Once the pivot has begun, this has no effect.</summary>
    /// <param name="timeout">From the start of the saga.</param>
    public SagaBuilder<TSaga, TInput> Timeout(TimeSpan timeout)
    {
        _draft.Timeout = timeout;
        return this;
    }

    /// <summary>Says what happens when a step before the pivot gave up without a refusal. Default: <see cref="Recovery.Backward"/>.</summary>
    /// <param name="recovery">Undo, or park.</param>
    public SagaBuilder<TSaga, TInput> Recover(Recovery recovery)
    {
        _draft.Recovery = recovery;
        return this;
    }

    /// <summary>Adds a step that can be undone.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Returns the result or a <see cref="Refusal"/>; an exception means that nobody knows, and the step is run again.</param>
    /// <param name="undo">
    /// Undoes the step until it succeeds. It may be called when the step was never done, more than once, and while the step may still arrive.
    /// </param>
    /// <param name="configure">How the step is tried.</param>
    public SagaBuilder<TSaga, TInput> Step<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome<TResult>>>> run,
        Func<TSaga, Func<SagaContext<TInput>, Attempt<TResult>, CancellationToken, Task>> undo,
        Action<CompensatableStepOptions>? configure = null)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        _draft.Add(StepBindings<TSaga, TInput>.Step(key, run, undo, _draft.Options(new CompensatableStepOptions(), configure, key.Name)));
        return this;
    }

    /// <summary>Adds a step without a result that can be undone.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Returns <see cref="StepOutcome.Done"/> or a <see cref="Refusal"/>; an exception means that nobody knows, and the step is run again.</param>
    /// <param name="undo">
    /// Undoes the step until it succeeds. It may be called when the step was never done, more than once, and while the step may still arrive.
    /// </param>
    /// <param name="configure">How the step is tried.</param>
    public SagaBuilder<TSaga, TInput> Step(
        StepKey key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome>>> run,
        Func<TSaga, Func<SagaContext<TInput>, Attempt, CancellationToken, Task>> undo,
        Action<CompensatableStepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        _draft.Add(StepBindings<TSaga, TInput>.Step(key, run, undo, _draft.Options(new CompensatableStepOptions(), configure, key.Name)));
        return this;
    }

    /// <summary>Adds steps that run side by side. The next stage begins when all are done; when one is refused, all are undone.</summary>
    /// <param name="configure">Adds the steps.</param>
    public SagaBuilder<TSaga, TInput> Parallel(Action<ParallelSteps<TSaga, TInput>> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var group = new ParallelSteps<TSaga, TInput>(_draft);
        configure(group);
        _draft.Add(group.Steps);
        return this;
    }

    /// <summary>Waits for something that comes from outside (<c>ISagas.SignalAsync</c>), and turns back when it does not come in time.</summary>
    /// <param name="signal">Its stable name. It may come before the saga waits for it; the first one counts.</param>
    /// <param name="within">How long to wait, from when the saga comes here.</param>
    public SagaBuilder<TSaga, TInput> WaitFor<TPayload>(SignalKey<TPayload> signal, TimeSpan within)
        where TPayload : notnull
    {
        _draft.Add(StepBindings<TSaga, TInput>.Wait(signal, StepZone.Compensatable, within));
        return this;
    }

    /// <summary>Adds the last step that can be refused. When it is done the saga goes forward only; its outcome unknown, it is tried again and then parked, never undone.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Returns the result or a <see cref="Refusal"/>; an exception means that nobody knows, and the step is run again.</param>
    /// <param name="configure">How the step is tried.</param>
    public SagaTailBuilder<TSaga, TInput> Pivot<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome<TResult>>>> run,
        Action<FinalStepOptions>? configure = null)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        return Tail(StepBindings<TSaga, TInput>.Pivot(key, run, null, _draft.Options(new FinalStepOptions(), configure, key.Name)));
    }

    /// <summary>Adds the last step that can be refused, and a question to ask when its outcome was lost.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Returns the result or a <see cref="Refusal"/>; an exception means that nobody knows, and <paramref name="check"/> is asked.</param>
    /// <param name="check">Says what became of the step. It is asked before each repetition, and until it knows; then the step is parked.</param>
    /// <param name="configure">How the step is tried, and the question asked.</param>
    public SagaTailBuilder<TSaga, TInput> Pivot<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome<TResult>>>> run,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<CheckOutcome<TResult>>>> check,
        Action<FinalStepOptions>? configure = null)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(check);
        return Tail(StepBindings<TSaga, TInput>.Pivot(key, run, check, _draft.Options(new FinalStepOptions(), configure, key.Name)));
    }

    /// <summary>Adds the last step that can be refused, without a result.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Returns <see cref="StepOutcome.Done"/> or a <see cref="Refusal"/>; an exception means that nobody knows, and the step is run again.</param>
    /// <param name="configure">How the step is tried.</param>
    public SagaTailBuilder<TSaga, TInput> Pivot(
        StepKey key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome>>> run,
        Action<FinalStepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Tail(StepBindings<TSaga, TInput>.Pivot(key, run, null, _draft.Options(new FinalStepOptions(), configure, key.Name)));
    }

    /// <summary>Adds the last step that can be refused, without a result, and a question to ask when its outcome was lost.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Returns <see cref="StepOutcome.Done"/> or a <see cref="Refusal"/>; an exception means that nobody knows, and <paramref name="check"/> is asked.</param>
    /// <param name="check">Says what became of the step. It is asked before each repetition, and until it knows; then the step is parked.</param>
    /// <param name="configure">How the step is tried, and the question asked.</param>
    public SagaTailBuilder<TSaga, TInput> Pivot(
        StepKey key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome>>> run,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<CheckOutcome>>> check,
        Action<FinalStepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(check);
        return Tail(StepBindings<TSaga, TInput>.Pivot(key, run, check, _draft.Options(new FinalStepOptions(), configure, key.Name)));
    }

    /// <summary>Goes on without a pivot: from here the saga goes forward only.</summary>
    /// <param name="key">The first step that cannot be undone.</param>
    /// <param name="run">Tried until it succeeds; it has no way to refuse.</param>
    /// <param name="configure">How the step is tried.</param>
    public SagaTailBuilder<TSaga, TInput> Retriable<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<TResult>>> run,
        Action<FinalStepOptions>? configure = null)
        where TResult : notnull => new SagaTailBuilder<TSaga, TInput>(_draft).Retriable(key, run, configure);

    /// <summary>Goes on without a pivot: from here the saga goes forward only.</summary>
    /// <param name="key">The first step that cannot be undone.</param>
    /// <param name="run">Tried until it succeeds; it has no way to refuse.</param>
    /// <param name="configure">How the step is tried.</param>
    public SagaTailBuilder<TSaga, TInput> Retriable(
        StepKey key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task>> run,
        Action<FinalStepOptions>? configure = null) => new SagaTailBuilder<TSaga, TInput>(_draft).Retriable(key, run, configure);

    /// <summary>Ends the description.</summary>
    /// <exception cref="InvalidOperationException">The description contradicts itself; the message names each step and the cure.</exception>
    public SagaDefinition<TSaga, TInput> Build() => _draft.Build();

    private SagaTailBuilder<TSaga, TInput> Tail(StepBinding<TSaga, TInput> pivot)
    {
        _draft.Add(pivot);
        return new SagaTailBuilder<TSaga, TInput>(_draft);
    }
}
