namespace Consistency.Kit.Work;

/// <summary>Writes what claimed work has reached.</summary>
/// <remarks>Everything is fenced: when the claim is lost nothing is written. What one call writes is there together, or none of it is.</remarks>
public interface IWorkProgress
{
    /// <summary>Writes progress alone.</summary>
    /// <param name="lease">The claim.</param>
    /// <param name="progress">What to write.</param>
    /// <param name="cancellationToken">Cancels the call; the progress may be written or not.</param>
    /// <returns>False, and nothing written, when the claim is lost.</returns>
    ValueTask<bool> WriteAsync(WorkLease lease, WorkProgress progress, CancellationToken cancellationToken);

    /// <summary>Runs an effect in a fresh scope and writes the progress that it returns.</summary>
    /// <param name="lease">The claim.</param>
    /// <param name="commit">How effect and progress are committed.</param>
    /// <param name="effect">The user's code; may be run again by an execution strategy, each time in a scope of its own. When it throws, nothing of the progress is written and the exception is passed on.</param>
    /// <param name="cancellationToken">Cancels the effect; never the commit.</param>
    /// <returns>False when the claim is lost: neither the progress nor anything the effect left unsaved was written.</returns>
    /// <exception cref="WorkLostException">The effect saved something itself after the claim was lost; nothing of that save was kept.</exception>
    ValueTask<bool> ExecuteAsync(
        WorkLease lease,
        WorkCommit commit,
        Func<IServiceProvider, CancellationToken, Task<WorkProgress>> effect,
        CancellationToken cancellationToken);
}
