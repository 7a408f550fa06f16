namespace Consistency.Kit.Work;

/// <summary>Takes ended work over before it is collected, one line of JSON each. Register one as a service to keep what the database forgets.</summary>
/// <remarks>Lines are chained by hashes; <see cref="WorkArchive.VerifyAsync"/> checks them.</remarks>
public interface IWorkArchive
{
    /// <summary>Appends lines; they are durable when this returns, and only then is the work removed from the store.</summary>
    /// <param name="encode">Makes the lines, UTF-8 and without line ends, from the last line there is; that is empty when there is none.</param>
    /// <param name="cancellationToken">Cancels the call; some of the lines may be written.</param>
    /// <remarks>Nobody else may append between the reading of the last line and the writing. After a crash before the removal the same work is exported once more.</remarks>
    ValueTask AppendAsync(Func<ReadOnlyMemory<byte>, IReadOnlyList<ReadOnlyMemory<byte>>> encode, CancellationToken cancellationToken);
}
