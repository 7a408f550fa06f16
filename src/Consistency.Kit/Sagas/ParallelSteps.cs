using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>Adds steps that run side by side before the pivot.</summary>
/// <remarks>They do not see each other's results. On SQLite, which has one writer, they take turns.</remarks>
public sealed class ParallelSteps<TSaga, TInput>
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly SagaDraft<TSaga, TInput> _draft;

    internal ParallelSteps(SagaDraft<TSaga, TInput> draft) => _draft = draft;

    internal List<StepBinding<TSaga, TInput>> Steps { get; } = [];

    /// <summary>Adds a step that can be undone.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Returns the result or a <see cref="Refusal"/>; an exception means that nobody knows, and the step is run again.</param>
    /// <param name="undo">
    /// Undoes the step until it succeeds. It may be called when the step was never done, more than once, and while the step may still arrive.
    /// </param>
    /// <param name="configure">How the step is tried.</param>
    public ParallelSteps<TSaga, TInput> Step<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome<TResult>>>> run,
        Func<TSaga, Func<SagaContext<TInput>, Attempt<TResult>, CancellationToken, Task>> undo,
        Action<CompensatableStepOptions>? configure = null)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        Steps.Add(StepBindings<TSaga, TInput>.Step(key, run, undo, _draft.Options(new CompensatableStepOptions(), configure, key.Name)));
        return this;
    }

    /// <summary>Adds a step without a result that can be undone.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Returns <see cref="StepOutcome.Done"/> or a <see cref="Refusal"/>; an exception means that nobody knows, and the step is run again.</param>
    /// <param name="undo">
    /// Undoes the step until it succeeds. It may be called when the step was never done, more than once, and while the step may still arrive.
    /// </param>
    /// <param name="configure">How the step is tried.</param>
    public ParallelSteps<TSaga, TInput> Step(
        StepKey key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<StepOutcome>>> run,
        Func<TSaga, Func<SagaContext<TInput>, Attempt, CancellationToken, Task>> undo,
        Action<CompensatableStepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        Steps.Add(StepBindings<TSaga, TInput>.Step(key, run, undo, _draft.Options(new CompensatableStepOptions(), configure, key.Name)));
        return this;
    }
}
