using Consistency.Kit.States.Internal;

namespace Consistency.Kit.States;

/// <summary>Why something changes its state: what kind of news it was, and which.</summary>
public sealed record StateCause
{
    /// <summary>The longest kind, in characters.</summary>
    public const int MaxKindLength = 64;

    /// <summary>The longest id and actor, in characters.</summary>
    public const int MaxIdLength = 200;

    /// <summary>Names a cause.</summary>
    /// <param name="kind">The kind, as the map names it: <c>callback</c>, <c>query</c>, <c>operator</c>.</param>
    /// <param name="id">Which one, for example the provider's event id: the same cause never makes the same move twice, even where a map has circles. Null when it has no name.</param>
    /// <exception cref="ArgumentException">A part is empty or too long.</exception>
    public StateCause(string kind, string? id = null)
    {
        Kind = StateText.Check(kind, MaxKindLength, nameof(kind));
        Id = id is null ? null : StateText.Check(id, MaxIdLength, nameof(id));
    }

    /// <summary>The kind.</summary>
    public string Kind { get; }

    /// <summary>Which one; null when it has no name.</summary>
    public string? Id { get; }

    /// <summary>Who did it, when that is a person or a system with a name. Kept in the history.</summary>
    public string? Actor
    {
        get;
        init => field = value is null ? null : StateText.Check(value, MaxIdLength, nameof(Actor));
    }

    /// <inheritdoc />
    public override string ToString() => Id is null ? Kind : $"{Kind} {Id}";
}
