namespace Consistency.Kit.Payments.Webhooks;

/// <summary>What a sender of Standard Webhooks signs with.</summary>
public sealed class StandardWebhooksOptions
{
    /// <summary>The secrets, each <c>whsec_</c> and base64; two while one is rotated.</summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>How old, or how far in the future, a signature may be. Default: 5 minutes.</summary>
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>What the three headers begin with. Default: <c>webhook</c>; some senders use a name of their own.</summary>
    public string HeaderPrefix { get; set; } = "webhook";
}
