namespace Consistency.Kit.Tcc;

/// <summary>How long barriers remember.</summary>
public sealed class BarrierOptions
{
    /// <summary>How long a branch that was confirmed or cancelled is remembered; longer than any copy of a call can be delayed. Default: 30 days.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How often rows past their retention are looked for. Default: 10 minutes.</summary>
    public TimeSpan CollectInterval { get; set; } = TimeSpan.FromMinutes(10);

    internal IEnumerable<string> Validate()
    {
        if (Retention < TimeSpan.FromHours(1))
        {
            yield return "BarrierOptions: Retention must be an hour or more, and longer than any copy of a call can be delayed.";
        }

        if (CollectInterval < TimeSpan.FromSeconds(1))
        {
            yield return "BarrierOptions: CollectInterval must be a second or more.";
        }
    }
}
