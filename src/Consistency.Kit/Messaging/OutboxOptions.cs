namespace Consistency.Kit.Messaging;

/// <summary>How messages are written and relayed. Set with <c>kit.ConfigureOutbox(…)</c>.</summary>
public sealed class OutboxOptions
{
    /// <summary>
    /// Into how many shards the keys are hashed: the most relays that can share the work, and in process the most messages handled
    /// at once. Changing it needs a drained outbox. Default: 16.
    /// </summary>
    public int Shards { get; set; } = 16;

    /// <summary>The largest encoded message, in bytes; <c>Publish</c> refuses a larger one. Default: 900,000, below Kafka's own default limit.</summary>
    public int MaxMessageBytes { get; set; } = 900_000;

    /// <summary>Whether this process relays. Default: true; switch it off in a process that must only publish.</summary>
    public bool Relay { get; set; } = true;

    /// <summary>How many messages are read at once. Default: 1,000.</summary>
    public int BatchSize { get; set; } = 1_000;

    /// <summary>How many payload bytes are read at once. Default: 8 MiB.</summary>
    public long BatchBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>How long a relay owns a shard without renewing: the longest gap when a process dies. Default: 15 s; renewed each third of it.</summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often an idle relay looks for messages of which it got no signal. Default: 1.35 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(1_350);

    /// <summary>How often the relay looks through everything behind its mark, where nothing should ever be. Default: 1 minute.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>When a message that the transport rejects is tried again, and when it is parked.</summary>
    public RetryPolicy Retry { get; set; } = new() { MaxAttempts = 5 };

    /// <summary>What happens to a key when one of its messages is parked. Default: <see cref="AfterPark.HoldKey"/>.</summary>
    public AfterPark AfterPark { get; set; }

    internal IEnumerable<string> Validate()
    {
        if (Shards is < 1 or > 1024)
        {
            yield return "OutboxOptions.Shards must be between 1 and 1024.";
        }

        if (MaxMessageBytes < 1)
        {
            yield return "OutboxOptions.MaxMessageBytes must be at least 1.";
        }

        if (BatchSize is < 1 or > 100_000 || BatchBytes < 1)
        {
            yield return "OutboxOptions.BatchSize must be between 1 and 100,000 and BatchBytes at least 1.";
        }

        if (LeaseDuration < TimeSpan.FromSeconds(1) || PollInterval <= TimeSpan.Zero || PollInterval >= LeaseDuration)
        {
            yield return "OutboxOptions.LeaseDuration must be at least 1 s and longer than a positive PollInterval.";
        }

        if (SweepInterval <= TimeSpan.Zero)
        {
            yield return "OutboxOptions.SweepInterval must be positive.";
        }

        foreach (var problem in Retry.Validate("OutboxOptions.Retry"))
        {
            yield return problem;
        }
    }
}
