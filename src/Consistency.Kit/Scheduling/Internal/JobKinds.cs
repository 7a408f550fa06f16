using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Scheduling.Internal;

/// <summary>Makes the kinds of work out of the registrations.</summary>
internal sealed class JobKinds(SchedulingRegistrations registrations, JobCatalog catalog, KitJson json, TimeProvider time)
{
    internal WorkKind Job(string name)
    {
        EnsureValid();
        var registration = registrations.Jobs.Find(job => job.Name == name)!;
        return new JobKind(catalog.Of(registration.ClrType), registration.Builder, registrations.Options, json);
    }

    internal WorkKind Recurring(string name)
    {
        EnsureValid();
        var recurring = registrations.Recurring.Find(one => one.Name == name)!;
        var registration = registrations.Jobs.Find(job => job.ClrType == recurring.Job.GetType())!;
        return new RecurringKind(recurring, catalog.Of(registration.ClrType), registration.Builder, registrations.Options, json, time);
    }

    private void EnsureValid()
    {
        if (catalog.Problems.Count > 0)
        {
            throw new ConsistencyConfigurationException(catalog.Problems);
        }
    }
}
