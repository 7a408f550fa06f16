namespace Consistency.Kit.Work;

/// <summary>What became of an intervention.</summary>
public enum WorkIntervened
{
    /// <summary>The transition was made.</summary>
    Applied = 0,

    /// <summary>There is no such work, or it was collected.</summary>
    NotFound = 1,

    /// <summary>An instance has it at the moment, and the verb does not interrupt.</summary>
    Running = 2,

    /// <summary>Its status does not allow the verb: it has ended, or is not parked.</summary>
    NotAllowed = 3,
}
