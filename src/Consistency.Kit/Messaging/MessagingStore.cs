namespace Consistency.Kit.Messaging;

/// <summary>One database as the engines see it, split by who reads it.</summary>
public sealed class MessagingStore
{
    /// <summary>The type by which handlers name the store: the DbContext.</summary>
    public required Type Key { get; init; }

    /// <summary>The name in logs and telemetry.</summary>
    public required string Name { get; init; }

    /// <summary>Says which tables are missing.</summary>
    public required IStoreSchema Schema { get; init; }

    /// <summary>Who relays which shard.</summary>
    public required IOutboxLeases Leases { get; init; }

    /// <summary>What waits to be sent.</summary>
    public required IOutboxReader Outbox { get; init; }

    /// <summary>How far behind the outbox is; null where nobody can say.</summary>
    public IOutboxBacklog? Backlog { get; init; }

    /// <summary>Which keys the relay passes over.</summary>
    public required IOutboxHolds Holds { get; init; }

    /// <summary>Runs handlers once per message.</summary>
    public required IInbox Inbox { get; init; }

    /// <summary>The messages that wait for another attempt or for an operator.</summary>
    public required IInboxHolds InboxHolds { get; init; }

    /// <summary>What an operator sees and decides.</summary>
    public required IParkedMessages Parked { get; init; }

    /// <summary>Raised when something was committed that an engine of this process may want to know at once.</summary>
    public WakeSignal OutboxSignal { get; } = new();

    /// <summary>Raised when a message was held.</summary>
    public WakeSignal InboxSignal { get; } = new();

    /// <summary>Which shards this process relays; the rest are announced to other processes where a wake channel is set up.</summary>
    public OwnedShards Owned { get; } = new();

    /// <summary>Tells other processes about commits to shards that this one does not own; null without a wake channel.</summary>
    public IWakeChannel? WakeChannel { get; set; }

    /// <summary>Called after a commit that contained outbox rows.</summary>
    /// <param name="shards">The shards that got rows.</param>
    public void Committed(IReadOnlyCollection<int> shards)
    {
        ArgumentNullException.ThrowIfNull(shards);
        OutboxSignal.Raise();
        if (WakeChannel is { } channel && shards.Any(shard => !Owned.Contains(shard)))
        {
            channel.Announce();
        }
    }
}
