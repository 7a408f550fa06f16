namespace Consistency.Kit.Sagas;

/// <summary>Which of a step's methods is called.</summary>
public enum SagaCallKind
{
    /// <summary>The step itself.</summary>
    Run,

    /// <summary>The question what became of a pivot.</summary>
    Check,

    /// <summary>Its undo.</summary>
    Undo,
}
