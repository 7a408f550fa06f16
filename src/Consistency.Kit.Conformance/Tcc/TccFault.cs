namespace Consistency.Kit.Conformance.Tcc;

/// <summary>What becomes of one call on its way.</summary>
public enum TccFault
{
    /// <summary>It arrives, and so does its answer.</summary>
    None,

    /// <summary>It never arrives.</summary>
    RequestLost,

    /// <summary>It arrives, and its answer does not.</summary>
    ReplyLost,

    /// <summary>The business says no.</summary>
    Refused,

    /// <summary>The participant is still at it.</summary>
    Running,

    /// <summary>The participant fails before it does anything.</summary>
    Error,
}
