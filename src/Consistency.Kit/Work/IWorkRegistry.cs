namespace Consistency.Kit.Work;

/// <summary>What workers tell each other.</summary>
public interface IWorkRegistry
{
    /// <summary>Says that an instance lives that knows these types.</summary>
    /// <param name="types">The types.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask AnnounceAsync(IReadOnlyCollection<string> types, CancellationToken cancellationToken);

    /// <summary>Parks work that is due, that nobody has, and whose type no instance has announced for this long.</summary>
    /// <param name="grace">How long nobody must have announced the type, and how long the work must have been due.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What was parked.</returns>
    /// <remarks>However long it waits, work whose type is being announced is never parked by this.</remarks>
    ValueTask<IReadOnlyList<WorkSnapshot>> ParkUnknownAsync(TimeSpan grace, int limit, CancellationToken cancellationToken);

    /// <summary>Takes or keeps the turn for something that one instance does at a time.</summary>
    /// <param name="name">What it is. At most 200 characters.</param>
    /// <param name="owner">The instance.</param>
    /// <param name="duration">How long the turn lasts unless it is taken again.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether it is the caller's turn.</returns>
    ValueTask<bool> TryTakeTurnAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken);
}
