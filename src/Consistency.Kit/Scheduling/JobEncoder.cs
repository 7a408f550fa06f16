using Consistency.Kit.Messaging;
using Consistency.Kit.Scheduling.Internal;
using Consistency.Kit.Work;

namespace Consistency.Kit.Scheduling;

/// <summary>Checks and encodes a job; what every store does before it adds its row.</summary>
public sealed class JobEncoder
{
    private readonly JobCatalog _catalog;
    private readonly SchedulingOptions _options;

    internal JobEncoder(JobCatalog catalog, SchedulingOptions options)
    {
        _catalog = catalog;
        _options = options;
    }

    /// <summary>Encodes the job with the current trace context.</summary>
    /// <param name="job">What to work on.</param>
    /// <param name="store">The store that is to keep it, by its DbContext; null for the one it is registered with.</param>
    /// <param name="configure">When it runs, and its keys.</param>
    /// <returns>The work to add, and the handle to tell of what became of it.</returns>
    /// <exception cref="InvalidOperationException">The type is not registered or belongs to another store, or the encoded job is too large.</exception>
    public (NewWork Work, ScheduledJob Handle) Encode<TJob>(TJob job, Type? store, Action<JobOptions>? configure)
        where TJob : notnull
    {
        ArgumentNullException.ThrowIfNull(job);
        var type = _catalog.Of(typeof(TJob));
        if (store is not null && type.StoreKey is { } own && own != store)
        {
            throw new InvalidOperationException($"Jobs '{type.Name}' are kept in {own.Name}, and were scheduled on {store.Name}: schedule them on a {own.Name}, or change kit.AddJob<{typeof(TJob).Name}, …>(j => j.In<{store.Name}>()).");
        }

        var options = new JobOptions();
        configure?.Invoke(options);
        var payload = type.Write(job);
        if (payload.Length > _options.MaxJobBytes)
        {
            throw new InvalidOperationException(
                $"A job '{type.Name}' has {payload.Length} bytes; the limit is {_options.MaxJobBytes}. Schedule a reference to the data instead, or raise SchedulingOptions.MaxJobBytes.");
        }

        var (traceParent, traceState) = TraceContext.Capture();
        var work = new NewWork
        {
            Scope = type.Scope,
            Type = type.Scope,
            Key = options.Key,
            FreesKey = true,
            GroupKey = options.GroupKey,
            Input = payload,
            DueAt = options.DueAt,
            Delay = options.Delay,
            TraceParent = traceParent,
            TraceState = traceState,
        };
        return (work, new ScheduledJob(work.Id));
    }

    /// <summary>Tells the handle what became of its job.</summary>
    /// <param name="handle">The handle.</param>
    /// <param name="added">What became of the job.</param>
    public static void Complete(ScheduledJob handle, WorkAdded added)
    {
        ArgumentNullException.ThrowIfNull(handle);
        handle.Become(added);
    }
}
