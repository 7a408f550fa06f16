namespace Consistency.Kit.Work.Internal;

/// <summary>Who may wait for whom: what waits in its run waits for a later tier only.</summary>
internal enum WorkTier
{
    /// <summary>Jobs and callbacks, which may wait for sagas and transactions.</summary>
    Job,

    /// <summary>Sagas and their signals. Steps may wait for transactions.</summary>
    Saga,

    /// <summary>The ends of transactions and the replies to them, which wait for nothing durable.</summary>
    Transaction,
}
