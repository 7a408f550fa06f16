namespace Consistency.Kit.Sagas;

/// <summary>What a saga does when a step before its pivot gave up without a refusal. A refusal is always undone.</summary>
public enum Recovery
{
    /// <summary>It undoes what was done.</summary>
    Backward,

    /// <summary>It parks the step, for an operator to retry, skip or compensate.</summary>
    Forward,
}
