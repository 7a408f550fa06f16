namespace Consistency.Kit.Sagas.Internal;

/// <summary>What the builders collect, stage by stage.</summary>
internal sealed class SagaDraft<TSaga, TInput>(string name, int version)
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly List<IReadOnlyList<StepBinding<TSaga, TInput>>> _stages = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _problems = [];

    internal Recovery Recovery { get; set; }

    internal TimeSpan? Timeout { get; set; }

    internal TOptions Options<TOptions>(TOptions options, Action<TOptions>? configure, string step)
        where TOptions : StepOptions
    {
        configure?.Invoke(options);
        _problems.AddRange(options.Validate(step));
        return options;
    }

    internal void Add(params IReadOnlyList<StepBinding<TSaga, TInput>> stage)
    {
        if (stage.Count == 0)
        {
            _problems.Add("A parallel group has no steps.");
            return;
        }

        _problems.AddRange(stage.Where(binding => !_names.Add(binding.Step.Name)).Select(binding => $"Two steps are named '{binding.Step.Name}': a step's name says what is done."));
        _stages.Add(stage);
    }

    internal SagaDefinition<TSaga, TInput> Build()
    {
        if (_stages.Count == 0)
        {
            _problems.Add("It has no steps.");
        }

        if (Timeout is { } timeout && timeout <= TimeSpan.Zero)
        {
            _problems.Add("Timeout must be positive.");
        }

        if (Timeout is not null && Recovery == Recovery.Forward)
        {
            _problems.Add("It recovers forward, so there is nothing that a timeout could do: give the steps deadlines, or recover backward.");
        }

        return _problems.Count == 0
            ? new SagaDefinition<TSaga, TInput>(
                new SagaPlan(name, version, Recovery, Timeout, [.. _stages.Select(stage => (IReadOnlyList<PlannedStep>)[.. stage.Select(binding => binding.Step)])]),
                [.. _stages.SelectMany(stage => stage)])
            : throw new InvalidOperationException($"Saga '{name}' version {version} ({typeof(TSaga).Name}) is not valid. {string.Join(" ", _problems)}");
    }
}
