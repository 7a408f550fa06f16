namespace Consistency.Kit.States;

/// <summary>What a map says of a move.</summary>
public enum StateVerdict
{
    /// <summary>It may be made.</summary>
    Legal,

    /// <summary>The thing stands there.</summary>
    Same,

    /// <summary>Nothing leads from there to there.</summary>
    NoSuchMove,

    /// <summary>There is such a move, and this kind of cause may not make it.</summary>
    WrongCause,
}
