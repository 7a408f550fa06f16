namespace Consistency.Kit.Sagas;

/// <summary>Where a saga is heading. It turns at most once.</summary>
public enum SagaDirection
{
    /// <summary>To its last step.</summary>
    Forward,

    /// <summary>Back to where nothing is left of it.</summary>
    Backward,
}
