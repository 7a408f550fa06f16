namespace Consistency.Kit.Work;

/// <summary>How an effect and its progress are committed.</summary>
public enum WorkCommit
{
    /// <summary>
    /// The effect runs with no transaction open. What it left unsaved in the scope's session is saved with the progress in one
    /// transaction; what it saves itself is fenced. After a crash between effect and progress it runs again.
    /// </summary>
    AfterEffect = 0,

    /// <summary>The effect runs inside the transaction that writes the progress: both are there, or neither. For effects in the store's own database only.</summary>
    WithEffect = 1,
}
