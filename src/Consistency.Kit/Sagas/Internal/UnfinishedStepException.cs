namespace Consistency.Kit.Sagas.Internal;

/// <summary>Rolls back what a step wrote into another database and then was not done.</summary>
internal sealed class UnfinishedStepException(StepReply reply) : Exception("The step was not done; what it wrote is rolled back.")
{
    internal StepReply Reply { get; } = reply;
}
