namespace Consistency.Kit.Work;

/// <summary>Lets somebody who has no claim decide about a piece of work.</summary>
public interface IWorkInterventions
{
    /// <summary>Makes the transition and appends its event, if the work still is where the intervention expects it.</summary>
    /// <param name="id">The work.</param>
    /// <param name="intervention">The transition and who asks for it.</param>
    /// <param name="cancellationToken">Cancels the call; the transition may be made or not.</param>
    /// <remarks>Atomic. Raises the epoch: an instance that has the work loses it.</remarks>
    ValueTask<WorkIntervened> InterveneAsync(Guid id, WorkIntervention intervention, CancellationToken cancellationToken);
}
