namespace Consistency.Kit.Work;

/// <summary>Tells running work that something has happened.</summary>
public interface IWorkSignals
{
    /// <summary>Stores the signal, and makes work due that waits for it.</summary>
    /// <param name="id">The work.</param>
    /// <param name="signal">The signal. Of several with one name the first counts.</param>
    /// <param name="cancellationToken">Cancels the call; the signal may be stored or not, and may be sent again.</param>
    ValueTask<WorkSignalled> SignalAsync(Guid id, WorkSignal signal, CancellationToken cancellationToken);

    /// <summary>The signals that the work was sent, oldest first.</summary>
    ValueTask<IReadOnlyList<WorkSignal>> ListAsync(Guid id, CancellationToken cancellationToken);
}
