namespace Consistency.Kit.Testing.Payments;

/// <summary>How badly a simulated provider behaves.</summary>
public sealed class PaymentSimulatorOptions
{
    /// <summary>Where callbacks are sent to; null to send none.</summary>
    public Uri? CallbackAddress { get; set; }

    /// <summary>What callbacks are signed with. Default: a fixed text, for tests only.</summary>
    public string Secret { get; set; } = "the simulator's secret, for tests only";

    /// <summary>Who is paid. Default: <c>shop</c>.</summary>
    public string Merchant { get; set; } = "shop";

    /// <summary>The share of payments that nobody is told of. Default: 0.</summary>
    public double Lost { get; set; }

    /// <summary>The share of callbacks that are sent twice at once. Default: 0.</summary>
    public double Doubled { get; set; }

    /// <summary>The share of callbacks before which a stranger sends a forged one. Default: 0.</summary>
    public double Forged { get; set; }

    /// <summary>The most that a callback is held back, so that later ones overtake it. Default: 200 ms.</summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>After which delays a callback that was not acknowledged is sent again. Default: WeChat Pay's schedule, a thousand times faster, its last delay going on.</summary>
    public IReadOnlyList<TimeSpan> Retries { get; set; } =
    [
        TimeSpan.FromMilliseconds(15), TimeSpan.FromMilliseconds(15), TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(180), TimeSpan.FromMilliseconds(600),
        TimeSpan.FromMilliseconds(1_200), TimeSpan.FromMilliseconds(1_800), TimeSpan.FromMilliseconds(1_800), TimeSpan.FromMilliseconds(1_800), TimeSpan.FromMilliseconds(3_600),
    ];

    /// <summary>How often a callback is sent again before it is given up. Default: 15, as WeChat Pay does.</summary>
    public int MaxRetries { get; set; } = 15;

    /// <summary>Repeats the same decisions. Default: 1.</summary>
    public int Seed { get; set; } = 1;
}
