namespace Consistency.Kit.Work;

/// <summary>Collects work that ended long ago.</summary>
public interface IWorkExpiry
{
    /// <summary>A batch of work past its retention, oldest first, each with its history.</summary>
    /// <param name="retention">How long work is kept after its end.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<IReadOnlyList<EndedWork>> ListEndedAsync(TimeSpan retention, int limit, CancellationToken cancellationToken);

    /// <summary>Removes ended work with its history and signals.</summary>
    /// <param name="ids">The work; what has not ended is left alone.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask RemoveAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken);
}
