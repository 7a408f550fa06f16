using Consistency.Kit.Work;

namespace Consistency.Kit.Sagas;

/// <summary>What an operator decides about a saga. Each verb is written into its history with who and why, and is a compare-and-set.</summary>
/// <remarks>No verb leaves a step undone in silence: what is skipped is named.</remarks>
public interface ISagaOperations
{
    /// <summary>Tries parked steps again, in the direction in which the saga is heading.</summary>
    Task<WorkIntervened> RetryAsync(string saga, string id, OperatorNote note, CancellationToken cancellationToken);

    /// <summary>Goes on without a parked step, or on the way back without its undo.</summary>
    /// <param name="saga">The stable name of its definition.</param>
    /// <param name="id">The id it was started under.</param>
    /// <param name="stepName">The parked step. Steps that read its result will fail.</param>
    /// <param name="note">Who, and why.</param>
    /// <param name="cancellationToken">Cancels the call; the decision may be stored or not.</param>
    Task<WorkIntervened> SkipStepAsync(string saga, string id, string stepName, OperatorNote note, CancellationToken cancellationToken);

    /// <summary>Turns a saga back, whether it runs or is parked.</summary>
    /// <returns>
    /// <see cref="WorkIntervened.NotAllowed"/> when its pivot is done, or may be done and the saga is not parked over it. Turning back from a
    /// parked pivot says that it did not happen: ask the other side first.
    /// </returns>
    Task<WorkIntervened> CompensateAsync(string saga, string id, OperatorNote note, CancellationToken cancellationToken);

    /// <summary>Ends a parked saga as it is, because somebody saw to the rest by other means.</summary>
    Task<WorkIntervened> ResolveAsync(string saga, string id, OperatorNote note, CancellationToken cancellationToken);
}
