namespace Consistency.Kit.Scheduling;

/// <summary>A stored job cannot be read as the type that its handler takes. Trying again is useless, so the job is parked.</summary>
public sealed class JobUnreadableException : ConsistencyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="name">The type's stable name.</param>
    /// <param name="id">The job.</param>
    /// <param name="innerException">What the decoder said.</param>
    public JobUnreadableException(string name, Guid id, Exception innerException)
        : base($"Job {id} of type '{name}' cannot be read: the type's JSON form has changed since it was scheduled. Deploy a type that reads both forms and retry the job, or skip it.", innerException)
    {
        Name = name;
        Id = id;
    }

    /// <summary>The type's stable name.</summary>
    public string Name { get; }

    /// <summary>The job.</summary>
    public Guid Id { get; }

    /// <summary>False: the same bytes are read the same way.</summary>
    public override bool IsTransient => false;
}
