namespace Consistency.Kit.Work;

/// <summary>How much work of one family may run at the same time, over all instances on one store.</summary>
public sealed record WorkLimit
{
    /// <summary>The family. All types counted together are given in <see cref="Types"/>.</summary>
    public required string Scope { get; init; }

    /// <summary>The types of the family that the caller knows.</summary>
    public required IReadOnlyCollection<string> Types { get; init; }

    /// <summary>How many at once; null for any number.</summary>
    public int? Max { get; init; }

    /// <summary>How many at once of those with the same group key; null for any number.</summary>
    public int? MaxPerGroup { get; init; }
}
