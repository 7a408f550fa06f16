namespace Consistency.Kit.Sagas;

/// <summary>What is appended to a saga's history at once.</summary>
/// <param name="Events">In this order.</param>
/// <param name="Rest">Where the saga came to; null while it goes on. Nothing is appended after it in the same run.</param>
public sealed record SagaEntry(IReadOnlyList<SagaEvent> Events, SagaRest? Rest);
