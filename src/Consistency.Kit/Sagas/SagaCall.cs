namespace Consistency.Kit.Sagas;

/// <summary>One attempt of a step, a check or an undo.</summary>
/// <param name="Step">The step.</param>
/// <param name="Kind">Which of its methods.</param>
/// <param name="Attempt">Which attempt, from 1; each kind is counted by itself.</param>
public readonly record struct SagaCall(string Step, SagaCallKind Kind, int Attempt);
