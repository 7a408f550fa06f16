namespace Consistency.Kit.Work;

/// <summary>Asks for due work.</summary>
public sealed record WorkClaimRequest
{
    /// <summary>The instance. At most 200 characters.</summary>
    public required string Owner { get; init; }

    /// <summary>How long it may be silent before others take the work.</summary>
    public required TimeSpan Lease { get; init; }

    /// <summary>What it knows and may run without limit.</summary>
    public required IReadOnlyCollection<string> Types { get; init; }

    /// <summary>What it knows and may run only under a limit: not claimed, but reported when due.</summary>
    public IReadOnlyCollection<string> LimitedTypes { get; init; } = [];

    /// <summary>Work is claimed this long before it is due.</summary>
    public TimeSpan LookAhead { get; init; }

    /// <summary>How many at most.</summary>
    public required int Limit { get; init; }
}
