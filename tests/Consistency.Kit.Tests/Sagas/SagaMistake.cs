namespace Consistency.Kit.Tests.Sagas;

/// <summary>What a driver of sagas must not do, one at a time: each of these breaks a promise.</summary>
public enum SagaMistake
{
    None,
    ForgetsTheDirection,
    LosesTheJoin,
    IgnoresLateOutcomes,
    ForgetsWhatItStarted,
}
