namespace Consistency.Kit.Work;

/// <summary>Who decided, and why. Both are kept in the history.</summary>
public sealed record OperatorNote
{
    /// <summary>Creates the note.</summary>
    /// <param name="who">The person or program. At most 200 characters.</param>
    /// <param name="why">The reason. At most 2,000 characters.</param>
    public OperatorNote(string who, string why)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(who);
        ArgumentException.ThrowIfNullOrWhiteSpace(why);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(who.Length, 200, nameof(who));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(why.Length, 2_000, nameof(why));
        Who = who;
        Why = why;
    }

    /// <summary>The person or program.</summary>
    public string Who { get; }

    /// <summary>The reason.</summary>
    public string Why { get; }
}
