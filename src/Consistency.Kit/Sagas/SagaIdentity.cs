namespace Consistency.Kit.Sagas;

/// <summary>Which saga.</summary>
/// <param name="Name">The stable name of its definition.</param>
/// <param name="Id">The id that it was started under.</param>
public readonly record struct SagaIdentity(string Name, string Id)
{
    /// <inheritdoc />
    public override string ToString() => $"{Name}/{Id}";
}
