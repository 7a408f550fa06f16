namespace Consistency.Kit.Stock;

/// <summary>How stock is swept and how long it is remembered.</summary>
public sealed class StockOptions
{
    /// <summary>How often reservations past their deadline are looked for. Default: 1 second.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long past its deadline a reservation may still be confirmed before it is swept. Default: none.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.Zero;

    /// <summary>How long ended reservations and marks are remembered; longer than any copy of a call can be delayed. Default: 3 days.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(3);

    /// <summary>
    /// How long the ledger remembers orders of which the store has taken note; longer than any reservation is held, and than orders can be
    /// cancelled. Default: 90 days.
    /// </summary>
    public TimeSpan LedgerRetention { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How often a database is looked through for what is past its retention. Default: 10 minutes.</summary>
    public TimeSpan CollectInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a store is compared with its ledger. Default: 1 minute.</summary>
    public TimeSpan ReconcileInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether differences from the ledger are repaired, and not only reported. Default: true.</summary>
    public bool Repair { get; set; } = true;

    /// <summary>Rules that slow or stop intake while something else is too far behind. Default: none.</summary>
    public IList<IntakeRule> IntakeRules { get; } = [];

    /// <summary>How often the rules are looked at. Default: 1 second.</summary>
    public TimeSpan IntakeInterval { get; set; } = TimeSpan.FromSeconds(1);

    internal IEnumerable<string> Validate()
    {
        if (LedgerRetention <= ReserveRequest.MaxHold + Grace)
        {
            yield return "StockOptions: LedgerRetention must be longer than 7 days, for which a reservation may be held, and Grace together.";
        }

        if (IntakeInterval < TimeSpan.FromMilliseconds(10))
        {
            yield return "StockOptions: IntakeInterval must be 10 ms or more.";
        }

        foreach (var name in IntakeRules.GroupBy(rule => rule.Name, StringComparer.Ordinal).Where(rules => rules.Count() > 1))
        {
            yield return $"StockOptions: there are two intake rules named {name.Key}; give one another name.";
        }

        if (ReconcileInterval < TimeSpan.FromMilliseconds(10))
        {
            yield return "StockOptions: ReconcileInterval must be 10 ms or more.";
        }

        if (SweepInterval < TimeSpan.FromMilliseconds(10))
        {
            yield return "StockOptions: SweepInterval must be 10 ms or more.";
        }

        if (Grace < TimeSpan.Zero)
        {
            yield return "StockOptions: Grace must not be negative.";
        }

        if (Retention < TimeSpan.FromHours(1))
        {
            yield return "StockOptions: Retention must be an hour or more, and longer than any copy of a call can be delayed.";
        }

        if (CollectInterval < TimeSpan.FromSeconds(1))
        {
            yield return "StockOptions: CollectInterval must be a second or more.";
        }
    }
}
