using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Puts a store together from the parts that suit its database.</summary>
internal static class EfMessagingStore
{
    internal static MessagingStore Create(IServiceProvider services, Type key)
    {
        var shared = EfStore.Of(services, key);
        var (contexts, clock, postgres, sqlite) = (shared.Contexts, shared.Clock, shared.IsPostgres, shared.IsSqlite);

        var portable = new PortableOutbox(contexts, clock, sqlite ? WriterVisibility.InOrder : WriterVisibility.None);
        var native = postgres ? new PostgresOutbox(contexts, clock) : null;
        var claims = postgres || sqlite ? (IInboxClaims)new SqlInboxClaims(clock, severalAtOnce: postgres) : new PortableInboxClaims(clock);
        MessagingStore? store = null;
        store = new MessagingStore
        {
            Key = key,
            Name = key.Name,
            Schema = new EfStoreSchema(contexts, clock, services.GetRequiredService<MessageEncoder>()),
            Leases = native ?? (IOutboxLeases)portable,
            Outbox = native ?? (IOutboxReader)portable,
            Backlog = new EfOutboxBacklog(contexts, clock),
            Holds = postgres ? new PostgresOutboxHolds(contexts, clock) : new EfOutboxHolds(contexts, clock),
            Inbox = new EfInbox(contexts, clock, claims),
            InboxHolds = new EfInboxHolds(contexts, clock),
            Parked = new EfParkedMessages(contexts, clock, wake: side => (side == ParkedSide.Outbox ? store!.OutboxSignal : store!.InboxSignal).Raise()),
        };
        return store;
    }
}
