namespace Consistency.Kit.Tcc;

/// <summary>What a barrier knows of a branch.</summary>
public enum BranchState
{
    /// <summary>Nothing: no call was committed.</summary>
    None,

    /// <summary>The try was committed.</summary>
    Tried,

    /// <summary>The try was made final. Nothing follows.</summary>
    Confirmed,

    /// <summary>The try was taken back, or will not be let in. Nothing follows.</summary>
    Cancelled,
}
