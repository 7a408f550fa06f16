using Consistency.Kit.EntityFrameworkCore.Idempotency;
using Consistency.Kit.EntityFrameworkCore.Messaging;
using Consistency.Kit.EntityFrameworkCore.Tcc;

namespace Microsoft.EntityFrameworkCore;

/// <summary>What the kit adds to a DbContext.</summary>
public static class ConsistencyKitDbContextExtensions
{
    extension(DbContext context)
    {
        /// <summary>Publishes messages with this context's next <c>SaveChanges</c>.</summary>
        /// <remarks>The message goes out if and only if what this context saves with it is committed.</remarks>
        public DbOutbox Outbox => new(context);

        /// <summary>Runs work once per idempotency key, in one transaction with the key or under a claim.</summary>
        public DbIdempotency Idempotency => new(context);

        /// <summary>Lets calls of a distributed transaction's branch take effect once and in order, each in one transaction with its row.</summary>
        public DbBarrier Barrier => new(context);
    }
}
