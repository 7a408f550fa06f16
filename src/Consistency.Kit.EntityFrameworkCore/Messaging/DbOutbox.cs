using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.Messaging;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Messaging;

/// <summary>Publishes messages with a DbContext's next <c>SaveChanges</c>.</summary>
/// <remarks>
/// <c>Publish</c> adds a tracked entity, so rollback, retries, <c>ChangeTracker.Clear</c>, savepoints and pooling treat it like any
/// other; whatever discards the business change discards the message. Positions are given after all business rows of the same
/// <c>SaveChanges</c> were written. A saved publication is no longer tracked. Not thread-safe, like the context.
/// </remarks>
public sealed class DbOutbox : IOutbox
{
    private readonly DbContext _context;
    private readonly KitRuntime _runtime;

    internal DbOutbox(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _runtime = KitRuntime.Find(context)
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} has no outbox: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{context.GetType().Name}>()…) and take the context from the services.");
    }

    /// <inheritdoc />
    public void Publish<TMessage>(TMessage message, string key, IReadOnlyDictionary<string, string>? headers = null, string? topic = null)
        where TMessage : notnull
    {
        var encoded = _runtime.Encoder.Encode(message, key, headers, topic);
        var row = new OutboxRow();
        Fill(row, encoded, _runtime.Encoder.ShardOf(key));
        Add(row);
    }

    /// <summary>Publishes a message that needs values the database generates for an entity saved at the same time.</summary>
    /// <param name="entity">An entity this context tracks, or will when it saves.</param>
    /// <param name="message">Makes the message once the entity's generated values are known.</param>
    /// <param name="key">Makes the key.</param>
    /// <param name="headers">Travel beside the body.</param>
    /// <remarks>
    /// The functions run during <c>SaveChanges</c>, after the entity was inserted and before the commit, once per attempt of an
    /// execution strategy; they must not touch the context. When one throws, nothing is saved.
    /// </remarks>
    public void Publish<TEntity, TMessage>(
        TEntity entity,
        Func<TEntity, TMessage> message,
        Func<TEntity, string> key,
        IReadOnlyDictionary<string, string>? headers = null)
        where TEntity : class
        where TMessage : notnull
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(key);
        var encoder = _runtime.Encoder;
        encoder.EnsureRegistered<TMessage>();
        Add(new OutboxRow
        {
            Entity = entity,
            Complete = row =>
            {
                var id = key(entity);
                Fill(row, encoder.Encode(message(entity), id, headers), encoder.ShardOf(id));
            },
        });
    }

    private void Add(OutboxRow row)
    {
        if (MessagingModel.KeepsKeys(_context.Model))
        {
            // Any key will do that no other tracked row has; the database's own are positive.
            row.Position = -row.Order;
        }

        _context.Add(row);
    }

    private static void Fill(OutboxRow row, TransportMessage message, int shard)
    {
        row.Shard = shard;
        row.Id = message.Id;
        row.Topic = message.Topic;
        row.Key = message.Key;
        row.Type = message.Type;
        row.Payload = Rows.Bytes(message.Payload);
        row.Headers = Rows.WriteHeaders(message.Headers);
        row.TraceParent = message.TraceParent;
        row.TraceState = message.TraceState;
        row.PublishedAt = message.PublishedAt.UtcDateTime;
    }
}
