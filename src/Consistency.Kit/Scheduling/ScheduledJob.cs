namespace Consistency.Kit.Scheduling;

/// <summary>A job as it was scheduled.</summary>
public sealed class ScheduledJob
{
    internal ScheduledJob(Guid id) => Id = id;

    /// <summary>The job. When a job with the same key is found by the save, this is that one from then on.</summary>
    public Guid Id { get; private set; }

    /// <summary>Whether a job with the same key had not ended, so that no other was added. Known once the save has begun.</summary>
    public bool IsExisting { get; private set; }

    internal void Become(Work.WorkAdded added) => (Id, IsExisting) = (added.Id, added.IsExisting);
}
