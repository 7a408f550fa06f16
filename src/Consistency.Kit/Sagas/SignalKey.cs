using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>The stable name of something that a saga waits for, and the type of what it brings.</summary>
/// <typeparam name="TPayload">Stored as JSON.</typeparam>
public sealed class SignalKey<TPayload>
    where TPayload : notnull
{
    /// <summary>Creates the key.</summary>
    /// <param name="name">Stored with each saga, so it must not change while sagas run: lower-case letters, digits and hyphens, at most 64 characters.</param>
    /// <exception cref="ArgumentException">The name is not of that form.</exception>
    public SignalKey(string name) => Name = SagaNames.Check(name, nameof(name));

    /// <summary>The stable name.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
