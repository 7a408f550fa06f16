using System.Text.Json.Serialization;

namespace Consistency.Kit.Scheduling.Internal;

/// <summary>The registered types of jobs, and what is wrong with them.</summary>
internal sealed class JobCatalog
{
    private readonly Dictionary<Type, JobType> _byType = [];

    internal JobCatalog(SchedulingRegistrations registrations, IReadOnlyList<JsonSerializerContext> contexts)
    {
        var problems = registrations.Options.Validate().ToList();
        foreach (var registration in registrations.Jobs)
        {
            if (registration.Name.Length > 150)
            {
                problems.Add($"Job '{registration.Name}': a name may have 150 characters.");
            }

            problems.AddRange(registration.Builder.RetryPolicy?.Validate($"The retry policy of job '{registration.Name}'") ?? []);
            if (registration.Bind(contexts, problems) is { } type && !_byType.TryAdd(registration.ClrType, type))
            {
                problems.Add($"{registration.ClrType.Name} is registered as job '{_byType[registration.ClrType].Name}' and as '{registration.Name}': keep one kit.AddJob<{registration.ClrType.Name}, …>(…).");
            }
        }

        foreach (var recurring in registrations.Recurring)
        {
            if (recurring.Builder.Schedule is null)
            {
                problems.Add($"Recurring job '{recurring.Name}' has no times: add r.Every(…) or r.Daily(…) to kit.AddRecurringJob.");
            }

            if (recurring.Name.Length > 150)
            {
                problems.Add($"Recurring job '{recurring.Name}': a name may have 150 characters.");
            }

            if (!registrations.Jobs.Exists(job => job.ClrType == recurring.Job.GetType()))
            {
                problems.Add($"Recurring job '{recurring.Name}' is a {recurring.Job.GetType().Name}, which has no handler: add kit.AddJob<{recurring.Job.GetType().Name}, YourHandler>(\"a-stable-name\").");
            }
        }

        Problems = problems;
    }

    internal IReadOnlyList<string> Problems { get; }

    internal JobType? Find(Type clrType) => _byType.GetValueOrDefault(clrType);

    internal JobType Of(Type clrType) => Find(clrType)
        ?? throw (Problems.Count > 0
            ? new ConsistencyConfigurationException(Problems)
            : new InvalidOperationException($"{clrType.Name} is not a registered job: add kit.AddJob<{clrType.Name}, YourHandler>(\"a-stable-name\") to AddConsistencyKit."));
}
