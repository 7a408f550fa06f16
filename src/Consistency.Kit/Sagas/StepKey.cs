using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>The stable name of a step without a result.</summary>
public sealed class StepKey
{
    /// <summary>Creates the key.</summary>
    /// <param name="name">Stored with each saga, so it must not change while sagas run: lower-case letters, digits and hyphens, at most 64 characters.</param>
    /// <exception cref="ArgumentException">The name is not of that form.</exception>
    public StepKey(string name) => Name = SagaNames.Check(name, nameof(name));

    /// <summary>The stable name.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
