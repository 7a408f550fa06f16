namespace Consistency.Kit.Scheduling.Internal;

/// <summary>What <c>kit.AddRecurringJob</c> was told.</summary>
internal sealed record RecurringRegistration(string Name, object Job, RecurringJobBuilder Builder);
