using Consistency.Kit.Sagas;

namespace Consistency.Kit.Testing.Sagas;

/// <summary>Runs a saga without host or database.</summary>
public static class SagaTest
{
    /// <summary>Takes the saga to try out.</summary>
    /// <param name="saga">The object with the steps, made by hand with whatever fakes it needs. All attempts use this one.</param>
    public static SagaTest<TSaga, TInput> For<TSaga, TInput>(ISaga<TSaga, TInput> saga)
        where TSaga : class, ISaga<TSaga, TInput>
        where TInput : notnull
    {
        ArgumentNullException.ThrowIfNull(saga);
        return new SagaTest<TSaga, TInput>(saga as TSaga ?? throw new ArgumentException($"{saga.GetType().Name} names {typeof(TSaga).Name} as itself in ISaga<TSelf, TInput>.", nameof(saga)));
    }
}
