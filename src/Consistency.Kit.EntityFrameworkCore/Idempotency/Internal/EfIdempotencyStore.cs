using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Idempotency;

namespace Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;

/// <summary>Puts a store together from the parts that suit its database.</summary>
internal static class EfIdempotencyStore
{
    internal static IdempotencyStore Create(IServiceProvider services, Type key)
    {
        var shared = EfStore.Of(services, key);
        return new IdempotencyStore
        {
            Key = key,
            Name = key.Name,
            Claims = new EfIdempotencyClaims(shared.Contexts, shared.Clock),
            Atomic = new EfAtomicIdempotency(shared.Contexts, shared.IsPostgres ? new PostgresKeys() : new InsertFirstKeys(shared.Contexts, shared.Clock)),
            Fence = new EfAttemptFence(shared.Contexts),
            Expiry = new EfIdempotencyExpiry(shared),
            IsShared = true,
        };
    }
}
