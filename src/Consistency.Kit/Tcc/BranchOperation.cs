namespace Consistency.Kit.Tcc;

/// <summary>What a coordinator asks of a branch. A saga's action is a try that is never confirmed, its compensation a cancel.</summary>
public enum BranchOperation
{
    /// <summary>Reserve, or act.</summary>
    Try,

    /// <summary>Make what was reserved final.</summary>
    Confirm,

    /// <summary>Take back what was tried.</summary>
    Cancel,
}
