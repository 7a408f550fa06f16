namespace Shop.Drills;

/// <summary>How far a drill is. Two states that are equal mean that nothing moved between them.</summary>
internal interface IDrillState
{
    /// <summary>The share of the work that is done, from 0 to 1.</summary>
    double Share { get; }

    /// <summary>Everything is done.</summary>
    bool IsDrained { get; }

    /// <summary>Nothing waits, though perhaps something was lost.</summary>
    bool IsIdle { get; }

    /// <summary>As it is shown beside the bar.</summary>
    string Text { get; }
}
