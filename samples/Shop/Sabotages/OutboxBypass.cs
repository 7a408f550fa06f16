using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Sabotages;

/// <summary>The dual write: takes messages out of the unit of work and sends them themselves, whether it commits or not.</summary>
internal sealed class OutboxBypass(IServiceProvider services) : SaveChangesInterceptor
{
    private const string OutboxTable = "consistency_outbox";

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(eventData);
        foreach (var row in eventData.Context!.ChangeTracker.Entries().Where(entry => entry.Metadata.GetTableName() == OutboxTable).ToList())
        {
            // Resolved late: the transport hands messages to handlers, which use this context.
            services.GetRequiredService<DirectSender>().Send(Message(row));
            row.State = EntityState.Detached;
        }

        return ValueTask.FromResult(result);
    }

    private static TransportMessage Message(EntityEntry row) => new()
    {
        Id = Value<Guid>(row, nameof(TransportMessage.Id)),
        Type = Value<string>(row, nameof(TransportMessage.Type)),
        Topic = Value<string>(row, nameof(TransportMessage.Topic)),
        Key = Value<string>(row, nameof(TransportMessage.Key)),
        Payload = Value<byte[]>(row, nameof(TransportMessage.Payload)),
        PublishedAt = Value<DateTime>(row, nameof(TransportMessage.PublishedAt)),
    };

    private static T Value<T>(EntityEntry row, string property) => (T)row.Property(property).CurrentValue!;
}
