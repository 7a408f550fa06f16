using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Work;

namespace Consistency.Kit.EntityFrameworkCore.Work.Internal;

/// <summary>Puts a store together from the parts that suit its database.</summary>
internal static class EfWorkStore
{
    internal static WorkStore Create(IServiceProvider services, Type key)
    {
        var shared = EfStore.Of(services, key);
        var (contexts, clock) = (shared.Contexts, shared.Clock);
        var interventions = new EfWorkInterventions(contexts, clock);
        return new WorkStore
        {
            Key = key,
            Name = key.Name,
            Intake = new EfWorkIntake(contexts),
            Claims = shared.IsPostgres ? new PostgresWorkClaims(contexts, clock) : new EfWorkClaims(contexts, clock),
            Progress = new EfWorkProgress(contexts, shared.IsPostgres ? new PostgresProgressWriter() : new PortableProgressWriter(clock)),
            Registry = new EfWorkRegistry(contexts, clock, interventions),
            Interventions = interventions,
            Reader = new EfWorkReader(contexts),
            Signals = new EfWorkSignals(contexts, clock),
            Expiry = new EfWorkExpiry(contexts, clock),
            IsDurable = true,
            JoinsTransactions = true,
        };
    }
}
