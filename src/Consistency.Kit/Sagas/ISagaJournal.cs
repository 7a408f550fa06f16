namespace Consistency.Kit.Sagas;

/// <summary>Keeps the history of one saga for the one process that drives it.</summary>
/// <remarks>
/// Whatever is appended is durable when the call returns, all of it or none. When another process has taken the saga over, every call throws
/// and appends nothing. Calls for parallel steps come at the same time.
/// </remarks>
public interface ISagaJournal
{
    /// <summary>Reads what has happened, oldest first.</summary>
    Task<IReadOnlyList<SagaEvent>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Appends what has happened.</summary>
    Task AppendAsync(SagaEntry entry, CancellationToken cancellationToken);

    /// <summary>Runs the user's code in a fresh scope and appends what it says has happened.</summary>
    /// <param name="inOneCommit">Whether what the code writes and what is appended are one transaction.</param>
    /// <param name="effect">The code; may be run again when its transaction is. When it throws, nothing is appended and the exception is passed on.</param>
    /// <param name="cancellationToken">Cancels the code, never the commit.</param>
    Task ExecuteAsync(bool inOneCommit, Func<IServiceProvider?, CancellationToken, Task<SagaEntry>> effect, CancellationToken cancellationToken);

    /// <summary>Looks for a signal that has come.</summary>
    /// <returns>What the first one of this name brought; null when none has come.</returns>
    Task<ReadOnlyMemory<byte>?> FindSignalAsync(string name, CancellationToken cancellationToken);
}
