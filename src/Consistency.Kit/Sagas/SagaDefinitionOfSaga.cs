using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>The steps of a saga, their order, their code and how they are undone.</summary>
/// <typeparam name="TSaga">The class with the code.</typeparam>
/// <typeparam name="TInput">What a saga is started with.</typeparam>
public sealed class SagaDefinition<TSaga, TInput> : SagaDefinition
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly Dictionary<string, StepBinding<TSaga, TInput>> _bindings;

    internal SagaDefinition(SagaPlan plan, IReadOnlyList<StepBinding<TSaga, TInput>> bindings)
        : base(plan) => _bindings = bindings.ToDictionary(binding => binding.Step.Name, StringComparer.Ordinal);

    internal StepBinding<TSaga, TInput> Binding(string step) => _bindings[step];

    /// <summary>Finds what cannot be written, before the first saga fails over it.</summary>
    internal IEnumerable<string> Verify(ISagaCodec codec)
    {
        foreach (var require in _bindings.Values.Select(binding => binding.Require).Prepend(static codec => codec.Require<TInput>()))
        {
            string? problem = null;
            try
            {
                require(codec);
            }
            catch (InvalidOperationException exception)
            {
                problem = $"Saga '{Name}': {exception.Message}";
            }

            if (problem is not null)
            {
                yield return problem;
            }
        }
    }
}
