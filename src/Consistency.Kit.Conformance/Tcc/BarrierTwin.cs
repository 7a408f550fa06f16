namespace Consistency.Kit.Conformance.Tcc;

/// <summary>Ways in which barriers are wrong in the field. An exploration that does not tell them from a right one is worth nothing.</summary>
public enum BarrierTwin
{
    /// <summary>Nothing is broken.</summary>
    None,

    /// <summary>A cancel that comes first leaves no row.</summary>
    ForgetsEmptyCancels,

    /// <summary>A try that comes after its cancel is let in.</summary>
    LetsLateTriesIn,

    /// <summary>The row of a branch that is over is gone before the last copy of a call has come.</summary>
    CollectsEarly,
}
