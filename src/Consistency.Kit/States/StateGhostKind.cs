namespace Consistency.Kit.States;

/// <summary>What is wrong with a state.</summary>
public enum StateGhostKind
{
    /// <summary>It is no first state, and no move led there.</summary>
    WithoutHistory,

    /// <summary>The last move led elsewhere.</summary>
    NotWhereItWent,

    /// <summary>The moves do not follow from each other, or the map does not allow one of them.</summary>
    BrokenHistory,

    /// <summary>Another system says something else.</summary>
    Disagrees,

    /// <summary>Another system says a word that no vocabulary has.</summary>
    UnknownWord,

    /// <summary>Another system knows a thing that does not exist here.</summary>
    Missing,
}
