namespace Consistency.Kit.Stock;

/// <summary>What intake rules let through.</summary>
public enum IntakeState
{
    /// <summary>Every request.</summary>
    Open = 0,

    /// <summary>One request of some.</summary>
    Slowed = 1,

    /// <summary>None.</summary>
    Refused = 2,
}
