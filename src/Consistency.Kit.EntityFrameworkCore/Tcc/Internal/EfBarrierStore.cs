using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Tcc;

namespace Consistency.Kit.EntityFrameworkCore.Tcc.Internal;

/// <summary>Puts a barrier together from the parts that suit its database.</summary>
internal static class EfBarrierStore
{
    internal static BarrierStore Create(IServiceProvider services, Type key)
    {
        var shared = EfStore.Of(services, key);
        return new BarrierStore
        {
            Key = key,
            Name = key.Name,
            Barrier = new EfBarrier(shared.Contexts, new BarrierRows(shared.Clock, ignoresConflicts: shared.IsPostgres || shared.IsSqlite), pipelines: shared.IsPostgres),
            Expiry = new EfBarrierExpiry(shared.Contexts, shared.Clock),
        };
    }
}
