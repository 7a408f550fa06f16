namespace Consistency.Kit.Sagas.Internal;

/// <summary>What is to be done next. The facts must be durable before any call is made.</summary>
internal sealed class SagaDecision
{
    /// <summary>Follows from what is known, whatever the calls bring.</summary>
    internal List<SagaEvent> Facts { get; } = [];

    /// <summary>The user's code to call now, side by side.</summary>
    internal List<SagaCall> Calls { get; } = [];

    /// <summary>When to decide again, if nothing happens before; null for never.</summary>
    internal DateTimeOffset? WakeAt { get; private set; }

    /// <summary>What to wait for besides.</summary>
    internal string? AwaitedSignal { get; set; }

    internal void Wake(DateTimeOffset at) => WakeAt = WakeAt is { } earlier && earlier < at ? earlier : at;
}
