using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>Describes a saga after its pivot: every step here is tried until it succeeds.</summary>
public sealed class SagaTailBuilder<TSaga, TInput>
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly SagaDraft<TSaga, TInput> _draft;

    internal SagaTailBuilder(SagaDraft<TSaga, TInput> draft) => _draft = draft;

    /// <summary>Adds a step.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Tried until it succeeds; it has no way to refuse.</param>
    /// <param name="configure">How the step is tried; when its attempts are used up it is parked.</param>
    public SagaTailBuilder<TSaga, TInput> Retriable<TResult>(
        StepKey<TResult> key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task<TResult>>> run,
        Action<FinalStepOptions>? configure = null)
        where TResult : notnull
    {
        ArgumentNullException.ThrowIfNull(key);
        _draft.Add(StepBindings<TSaga, TInput>.Retriable(key, run, _draft.Options(new FinalStepOptions(), configure, key.Name)));
        return this;
    }

    /// <summary>Adds a step without a result.</summary>
    /// <param name="key">Its stable name.</param>
    /// <param name="run">Tried until it succeeds; it has no way to refuse.</param>
    /// <param name="configure">How the step is tried; when its attempts are used up it is parked.</param>
    public SagaTailBuilder<TSaga, TInput> Retriable(
        StepKey key,
        Func<TSaga, Func<SagaContext<TInput>, CancellationToken, Task>> run,
        Action<FinalStepOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        _draft.Add(StepBindings<TSaga, TInput>.Retriable(key, run, _draft.Options(new FinalStepOptions(), configure, key.Name)));
        return this;
    }

    /// <summary>Adds steps that run side by side. The next stage begins when all are done.</summary>
    /// <param name="configure">Adds the steps.</param>
    public SagaTailBuilder<TSaga, TInput> Parallel(Action<ParallelRetriables<TSaga, TInput>> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var group = new ParallelRetriables<TSaga, TInput>(_draft);
        configure(group);
        _draft.Add(group.Steps);
        return this;
    }

    /// <summary>Waits for something that comes from outside (<c>ISagas.SignalAsync</c>), and is parked when it does not come in time.</summary>
    /// <param name="signal">Its stable name. It may come before the saga waits for it; the first one counts.</param>
    /// <param name="within">How long to wait, from when the saga comes here.</param>
    public SagaTailBuilder<TSaga, TInput> WaitFor<TPayload>(SignalKey<TPayload> signal, TimeSpan within)
        where TPayload : notnull
    {
        _draft.Add(StepBindings<TSaga, TInput>.Wait(signal, StepZone.Retriable, within));
        return this;
    }

    /// <summary>Ends the description.</summary>
    /// <exception cref="InvalidOperationException">The description contradicts itself; the message names each step and the cure.</exception>
    public SagaDefinition<TSaga, TInput> Build() => _draft.Build();
}
