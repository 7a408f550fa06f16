using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>Adds steps that run side by side after the pivot.</summary>
/// <remarks>They do not see each other's results. On SQLite, which has one writer, they take turns.</remarks>
public sealed class ParallelRetriables<TSaga, TInput>
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly SagaDraft<TSaga, TInput> _draft;

    internal ParallelRetriables(SagaDraft<TSaga, TInput> draft) => _draft = draft;

    internal List<StepBinding<TSaga, TInput>> Steps { get; } = [];

    /// <summary>Adds a step.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Tried until it succeeds; it has no way to refuse.</param>
    /// <param name="configure">How the step is tried.</param>
    public ParallelRetriables<TSaga, TInput> Retriable<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<TResult>>> run,
        Action<FinalStepOptions>? configure = null)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        Steps.Add(StepBindings<TSaga, TInput>.Retriable(key, run, _draft.Options(new FinalStepOptions(), configure, key.Name)));
        return this;
    }

    /// <summary>Adds a step without a result.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Tried until it succeeds; it has no way to refuse.</param>
    /// <param name="configure">How the step is tried.</param>
    public ParallelRetriables<TSaga, TInput> Retriable(
        StepKey key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task>> run,
        Action<FinalStepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        Steps.Add(StepBindings<TSaga, TInput>.Retriable(key, run, _draft.Options(new FinalStepOptions(), configure, key.Name)));
        return this;
    }
}
