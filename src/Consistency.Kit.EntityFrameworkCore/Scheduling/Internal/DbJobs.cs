using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Consistency.Kit.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Scheduling.Internal;

/// <summary>Adds jobs to a context.</summary>
internal static class DbJobs
{
    internal static ScheduledJob Add<TJob>(DbContext context, TJob job, Action<JobOptions>? configure)
        where TJob : notnull
    {
        ArgumentNullException.ThrowIfNull(context);
        var runtime = KitRuntime.Find(context)
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} cannot schedule jobs: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{context.GetType().Name}>()…) and take the context from the services.");
        var (work, handle) = runtime.Jobs.Encode(job, runtime.Context, configure);
        NewWorkRows.Add(context, work, added => JobEncoder.Complete(handle, added));
        return handle;
    }
}
