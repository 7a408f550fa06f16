namespace Consistency.Kit.Messaging;

/// <summary>How messages are consumed. Set with <c>kit.ConfigureInbox(…)</c>; a handler may override its own part.</summary>
public sealed class InboxOptions
{
    /// <summary>Whether this process handles messages. Default: true.</summary>
    public bool Consume { get; set; } = true;

    /// <summary>When a failed message is tried again, and when it is parked.</summary>
    public RetryPolicy Retry { get; set; } = new();

    /// <summary>What happens to a key when one of its messages is parked. Default: <see cref="AfterPark.HoldKey"/>.</summary>
    public AfterPark AfterPark { get; set; }

    /// <summary>How long a handled message is remembered. Must exceed the time for which the broker can deliver it again. Default: 14 days.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How often remembered messages past their retention are collected. Default: 5 minutes.</summary>
    public TimeSpan CollectInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often held messages are looked for that another process left behind; its own this process tries when they are due. Default: 30 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one attempt at a held message owns it; a crashed attempt is repeated after this. Default: 1 minute.</summary>
    public TimeSpan AttemptLease { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>What happens to a message whose type no <c>kit.AddMessage</c> names. Default: it is parked.</summary>
    public UnknownType UnknownTypes { get; set; }

    internal IEnumerable<string> Validate()
    {
        if (Retention <= TimeSpan.Zero || CollectInterval <= TimeSpan.Zero || PollInterval <= TimeSpan.Zero || AttemptLease <= TimeSpan.Zero)
        {
            yield return "InboxOptions: Retention, CollectInterval, PollInterval and AttemptLease must be positive.";
        }

        foreach (var problem in Retry.Validate("InboxOptions.Retry"))
        {
            yield return problem;
        }
    }
}
