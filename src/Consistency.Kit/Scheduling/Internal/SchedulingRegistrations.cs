namespace Consistency.Kit.Scheduling.Internal;

/// <summary>What the builder collected.</summary>
internal sealed class SchedulingRegistrations
{
    internal List<JobRegistration> Jobs { get; } = [];

    internal List<RecurringRegistration> Recurring { get; } = [];

    internal SchedulingOptions Options { get; } = new();
}
