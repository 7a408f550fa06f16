using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Event ids 1400 to 1499. Never an input or a result.</summary>
internal static partial class SagaLog
{
    [LoggerMessage(1400, LogLevel.Warning, "{Kind} of step {Step} of saga {Saga} at attempt {Attempt}; trying again at {Until}: {Reason}")]
    internal static partial void Failed(ILogger logger, SagaEventKind kind, SagaIdentity saga, string? step, int attempt, DateTimeOffset? until, string? reason);

    [LoggerMessage(1401, LogLevel.Information, "Saga {Saga} turns back: {Reason}")]
    internal static partial void Turned(ILogger logger, SagaIdentity saga, string? reason);

    [LoggerMessage(1402, LogLevel.Error, "Step {Step} of saga {Saga} is parked: {Reason}")]
    internal static partial void StepParked(ILogger logger, SagaIdentity saga, string? step, string? reason);
}
