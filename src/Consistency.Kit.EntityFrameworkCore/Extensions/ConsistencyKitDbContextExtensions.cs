using Consistency.Kit.EntityFrameworkCore.Idempotency;
using Consistency.Kit.EntityFrameworkCore.Messaging;
using Consistency.Kit.EntityFrameworkCore.Sagas.Internal;
using Consistency.Kit.EntityFrameworkCore.Scheduling.Internal;
using Consistency.Kit.EntityFrameworkCore.Stock;
using Consistency.Kit.EntityFrameworkCore.Tcc;
using Consistency.Kit.Sagas;
using Consistency.Kit.Scheduling;

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

        /// <summary>Accepts orders with this context's next <c>SaveChanges</c>: they commit if and only if they have their stock.</summary>
        public DbStock Stock => new(context);

        /// <summary>Schedules a job with this context's next <c>SaveChanges</c>: it runs if and only if what is saved with it is committed.</summary>
        /// <param name="job">What to work on; its type is registered with <c>kit.AddJob</c>.</param>
        /// <param name="configure">When it runs, and its keys. Without any it is due at the commit.</param>
        /// <returns>The job's handle; with a key, the save says whether a job with that key had not ended.</returns>
        /// <remarks>
        /// Adds a tracked entity, so rollback, retries and <c>ChangeTracker.Clear</c> treat it like any other. A job with a key costs the
        /// save one query more; when two saves with one key race, the later one fails with <see cref="DbUpdateException"/> and may be repeated.
        /// </remarks>
        /// <exception cref="InvalidOperationException">The type is not registered or belongs to another store, or the encoded job is too large.</exception>
        public ScheduledJob ScheduleJob<TJob>(TJob job, Action<JobOptions>? configure = null)
            where TJob : notnull => DbJobs.Add(context, job, configure);

        /// <summary>Starts a saga with this context's next <c>SaveChanges</c>: it runs if and only if what is saved with it is committed, and then at once.</summary>
        /// <param name="id">Names the saga for good, at most 200 characters: an order's number, for example.</param>
        /// <param name="input">What it is started with.</param>
        /// <returns>The saga's handle; the save says whether the saga was there.</returns>
        /// <remarks>
        /// The same id with the same input is the same saga, and nothing is added. With another input the save fails with
        /// <see cref="Consistency.Kit.Work.WorkKeyReusedException"/>. When two saves with one id race, the later one fails with
        /// <see cref="DbUpdateException"/> and may be repeated.
        /// </remarks>
        /// <exception cref="InvalidOperationException">The saga is not registered, or is kept in another store.</exception>
        public StartedSaga StartSaga<TSaga, TInput>(string id, TInput input)
            where TSaga : class, ISaga<TSaga, TInput>
            where TInput : notnull => DbSagas.Add<TSaga, TInput>(context, id, input);

        /// <summary>Tells a saga with this context's next <c>SaveChanges</c> what it waits for, or will wait for: it is told if and only if what is saved with it is committed.</summary>
        /// <param name="saga">The stable name of its definition.</param>
        /// <param name="id">The id it was started under.</param>
        /// <param name="signal">What has happened. Of several with one key the first counts.</param>
        /// <param name="payload">What is to be known of it.</param>
        /// <remarks>
        /// For message handlers and endpoints, which have a transaction of their own. The signal is work that is driven as the saga is: right
        /// after the commit, and tried again when that fails; when no saga has the id it is parked after ten tries, within some minutes.
        /// </remarks>
        /// <exception cref="ArgumentException">No such saga is registered.</exception>
        /// <exception cref="InvalidOperationException">The saga is kept in another store.</exception>
        public void SignalSaga<TPayload>(string saga, string id, SignalKey<TPayload> signal, TPayload payload)
            where TPayload : notnull => DbSagas.Signal(context, saga, id, signal, payload);
    }
}
