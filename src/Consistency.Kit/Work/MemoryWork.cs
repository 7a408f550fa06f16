using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Work;

/// <summary>Durable work's contracts without the durability: everything is in this process and gone when it ends. For tests and for work that may be lost.</summary>
/// <remarks>Effects commit on their own: there is no transaction to join. Name the store with <c>.In&lt;MemoryWork&gt;()</c> where there are others.</remarks>
public static class MemoryWork
{
    /// <summary>Makes an empty store.</summary>
    /// <param name="services">Effects run in scopes of these.</param>
    /// <param name="time">The store's clock.</param>
    public static WorkStore CreateStore(IServiceProvider services, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(time);
        var table = new MemoryWorkTable(time);
        return new WorkStore
        {
            Key = typeof(MemoryWork),
            Name = "memory",
            Intake = new MemoryWorkIntake(table),
            Claims = new MemoryWorkClaims(table),
            Progress = new MemoryWorkProgress(table, services),
            Registry = new MemoryWorkRegistry(table),
            Interventions = new MemoryWorkInterventions(table),
            Reader = new MemoryWorkReader(table),
            Signals = new MemoryWorkSignals(table),
            Expiry = new MemoryWorkExpiry(table),
            IsDurable = false,
            JoinsTransactions = false,
        };
    }
}
