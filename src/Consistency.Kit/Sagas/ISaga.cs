namespace Consistency.Kit.Sagas;

/// <summary>A business transaction over several steps, each committed on its own, that always ends: done, completely undone, or parked for a person.</summary>
/// <remarks>
/// The object comes from a fresh scope for each attempt of each step. Between steps the saga is not isolated: others see what its finished
/// steps did.
/// </remarks>
/// <typeparam name="TSelf">The class itself.</typeparam>
/// <typeparam name="TInput">What a saga is started with; stored as JSON.</typeparam>
public interface ISaga<TSelf, TInput>
    where TSelf : class, ISaga<TSelf, TInput>
    where TInput : notnull
{
    /// <summary>Names the steps, their order and how they are undone. Called without an object, at start-up; must always say the same.</summary>
    /// <param name="saga">Where the description begins.</param>
    static abstract SagaDefinition<TSelf, TInput> Define(SagaStart<TSelf, TInput> saga);
}
