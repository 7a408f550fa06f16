namespace Consistency.Kit.Payments;

/// <summary>How a statement is compared with the ledger.</summary>
public sealed class PaymentReconciliationOptions
{
    /// <summary>Whether to bring the ledger to what the provider says when it is asked; without it nothing is written. Default: no.</summary>
    public bool Repair { get; set; }

    /// <summary>Where the provider's day begins. Default: UTC; WeChat Pay and Alipay state days of <c>Asia/Shanghai</c>.</summary>
    public TimeZoneInfo Zone { get; set; } = TimeZoneInfo.Utc;

    /// <summary>How long after it was noted something may still be stated: what comes around midnight, or was found late, is in another day's statement. Default: 2 days.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromDays(2);

    /// <summary>For how long something that was never stated is told of. Default: 7 days.</summary>
    public TimeSpan LookBack { get; set; } = TimeSpan.FromDays(7);

    /// <summary>With more differences than this the statement is taken for another merchant's, and nothing is repaired. Default: 1,000.</summary>
    public int MaxDrifts { get; set; } = 1_000;

    /// <summary>The most lines that a statement may have; each takes some 150 bytes of memory. Default: 1,000,000.</summary>
    public int MaxLines { get; set; } = 1_000_000;
}
