using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>Where the description of a saga begins.</summary>
public sealed class SagaStart<TSaga, TInput>
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    internal SagaStart()
    {
    }

    /// <summary>Gives the saga its stable name.</summary>
    /// <param name="name">Stored with each saga: lower-case letters, digits and hyphens, at most 64 characters.</param>
    /// <param name="version">
    /// From 1. Raise it with every change of steps, order or zones, and keep the earlier class while its sagas run
    /// (<c>WithPrevious</c>).
    /// </param>
    public SagaBuilder<TSaga, TInput> Named(string name, int version)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        return new SagaBuilder<TSaga, TInput>(new SagaDraft<TSaga, TInput>(SagaNames.Check(name, nameof(name)), version));
    }
}
