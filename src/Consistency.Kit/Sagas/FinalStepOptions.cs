namespace Consistency.Kit.Sagas;

/// <summary>How a pivot or a step after it is tried.</summary>
public sealed class FinalStepOptions : StepOptions
{
    internal FinalStepOptions()
    {
    }
}
