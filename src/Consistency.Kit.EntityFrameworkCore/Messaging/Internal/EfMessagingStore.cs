using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Puts a store together from the parts that suit its database.</summary>
internal static class EfMessagingStore
{
    internal static MessagingStore Create<TContext>(IServiceProvider services, EntityFrameworkCoreOptions options)
        where TContext : DbContext
    {
        var contexts = new ContextSource(services, typeof(TContext));
        var clock = new StoreClock(services.GetRequiredService<TimeProvider>());
        var (postgres, sqlite) = Inspect(contexts);
        postgres &= !options.Portable;
        sqlite &= !options.Portable;
        contexts.QueueWriters(oneAtATime: sqlite);

        var portable = new PortableOutbox(contexts, clock, sqlite ? WriterVisibility.InOrder : WriterVisibility.None);
        var native = postgres ? new PostgresOutbox(contexts, clock) : null;
        var claims = postgres || sqlite ? (IInboxClaims)new SqlInboxClaims(clock, severalAtOnce: postgres) : new PortableInboxClaims(clock);
        MessagingStore? store = null;
        store = new MessagingStore
        {
            Key = typeof(TContext),
            Name = typeof(TContext).Name,
            Schema = new EfStoreSchema(contexts, clock, services.GetRequiredService<MessageEncoder>()),
            Leases = native ?? (IOutboxLeases)portable,
            Outbox = native ?? (IOutboxReader)portable,
            Holds = postgres ? new PostgresOutboxHolds(contexts, clock) : new EfOutboxHolds(contexts, clock),
            Inbox = new EfInbox(contexts, clock, claims),
            InboxHolds = new EfInboxHolds(contexts, clock),
            Parked = new EfParkedMessages(contexts, clock, wake: side => (side == ParkedSide.Outbox ? store!.OutboxSignal : store!.InboxSignal).Raise()),
        };
        return store;
    }

    private static (bool IsPostgres, bool IsSqlite) Inspect(ContextSource contexts)
    {
        using var scope = contexts.CreateScope();
        return scope.ServiceProvider.GetService(contexts.ContextType) is DbContext context
            ? (Provider.IsPostgres(context), Provider.IsSqlite(context))
            : (false, false);
    }
}
