namespace Consistency.Kit.Work;

/// <summary>What an operator sees and decides. Every verb needs who and why, and is written into the work's history with its transition.</summary>
/// <remarks>Each verb is a compare-and-set: of two operators at the same time one is told that the work is not parked any more.</remarks>
public interface IWorkOperations
{
    /// <summary>The parked work, the longest parked first.</summary>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<WorkSnapshot>> ListParkedAsync(WorkSnapshot? after, int limit, CancellationToken cancellationToken);

    /// <summary>The history of one piece of work, oldest first.</summary>
    ValueTask<IReadOnlyList<WorkEvent>> ReadHistoryAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Tries parked work again from its first attempt, or waiting work at once.</summary>
    ValueTask<WorkIntervened> RetryAsync(Guid id, OperatorNote note, CancellationToken cancellationToken);

    /// <summary>Ends parked work as <see cref="WorkStatus.Skipped"/>: it is not done, and that is all right.</summary>
    ValueTask<WorkIntervened> SkipAsync(Guid id, OperatorNote note, CancellationToken cancellationToken);

    /// <summary>Ends parked work as <see cref="WorkStatus.Resolved"/>: somebody saw to it by other means.</summary>
    ValueTask<WorkIntervened> ResolveAsync(Guid id, OperatorNote note, CancellationToken cancellationToken);

    /// <summary>Ends parked, waiting or running work as <see cref="WorkStatus.Cancelled"/>. A running handler loses its claim, and is told so.</summary>
    /// <remarks>A saga or a TCC must be parked: one that runs ends by itself, and has done or reserved things that nobody else would take back.</remarks>
    ValueTask<WorkIntervened> CancelAsync(Guid id, OperatorNote note, CancellationToken cancellationToken);

    /// <summary>Gives waiting work another due time.</summary>
    ValueTask<WorkIntervened> RescheduleAsync(Guid id, DateTimeOffset dueAt, OperatorNote note, CancellationToken cancellationToken);
}
