namespace Consistency.Kit.Sagas.Internal;

/// <summary>Rolls back what a step wrote that commits with the progress and then was not done.</summary>
internal sealed class UnkeptOutcomeException(SagaEvent outcome) : Exception("The step was not done; what it wrote is rolled back.")
{
    internal SagaEvent Outcome { get; } = outcome;
}
