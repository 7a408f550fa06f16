namespace Consistency.Kit.Sagas;

/// <summary>Where a saga came to when nothing more could be done at once.</summary>
public abstract record SagaRest
{
    private SagaRest()
    {
    }

    /// <summary>It has ended.</summary>
    /// <param name="End">How.</param>
    public sealed record Ended(SagaEnd End) : SagaRest;

    /// <summary>An operator has to decide.</summary>
    /// <param name="Reason">About what.</param>
    public sealed record Parked(string? Reason) : SagaRest;

    /// <summary>It goes on later.</summary>
    /// <param name="Until">When, at the latest.</param>
    /// <param name="Signal">What wakes it before; null when nothing does.</param>
    public sealed record Sleeping(DateTimeOffset Until, string? Signal) : SagaRest;

    /// <summary>A test let the process end.</summary>
    public sealed record Crashed : SagaRest;
}
