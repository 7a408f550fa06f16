namespace Consistency.Kit.Sagas;

/// <summary>What befalls an attempt in a test.</summary>
public enum SagaFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The step is not run; it is refused.</summary>
    Refuse,

    /// <summary>The attempt is not run; its outcome is unknown.</summary>
    LoseRequest,

    /// <summary>The attempt runs; its outcome is unknown all the same.</summary>
    LoseReply,

    /// <summary>The process ends before the attempt runs.</summary>
    CrashBefore,

    /// <summary>The process ends after the attempt ran, before its outcome is noted.</summary>
    CrashAfter,
}
