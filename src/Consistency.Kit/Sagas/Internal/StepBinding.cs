namespace Consistency.Kit.Sagas.Internal;

/// <summary>The user's code behind a step, and how its result is written.</summary>
internal sealed class StepBinding<TSaga, TInput>
    where TInput : notnull
{
    private static readonly Func<TSaga, SagaContext<TInput>, ISagaCodec, CancellationToken, Task<StepReply>> Nothing =
        static (_, context, _, _) => throw new InvalidOperationException($"Step '{context.Step}' waits; it runs no code.");

    internal required PlannedStep Step { get; init; }

    internal Func<TSaga, SagaContext<TInput>, ISagaCodec, CancellationToken, Task<StepReply>> Run { get; init; } = Nothing;

    internal Func<TSaga, SagaContext<TInput>, ISagaCodec, CancellationToken, Task<StepReply>> Check { get; init; } = Nothing;

    internal Func<TSaga, SagaContext<TInput>, StepProgress, ISagaCodec, CancellationToken, Task> Undo { get; init; } =
        static (_, context, _, _, _) => throw new InvalidOperationException($"Step '{context.Step}' has no undo.");

    /// <summary>Throws when the result cannot be written.</summary>
    internal Action<ISagaCodec> Require { get; init; } = static _ => { };
}
