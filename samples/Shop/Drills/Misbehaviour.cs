namespace Shop.Drills;

/// <summary>How badly the payment provider behaves, and how often it is asked for what it did not tell.</summary>
/// <param name="Lost">The share of callbacks that are lost.</param>
/// <param name="Doubled">The share that is sent twice.</param>
/// <param name="Forged">The share before which a stranger sends a forged one.</param>
/// <param name="Polls">After how many seconds it is asked.</param>
internal sealed record Misbehaviour(double Lost, double Doubled, double Forged, IReadOnlyList<int> Polls)
{
    /// <summary>As on a good day: what is lost is found, but at the next look only, and a drill would wait for it.</summary>
    internal static readonly Misbehaviour Usual = new(Lost: 0, Doubled: 0.05, Forged: 0.02, Polls: [10, 60]);

    /// <summary>As in the payments drill, whose customers pay twice and after the close as well.</summary>
    internal static readonly Misbehaviour Worst = new(Lost: 0.30, Doubled: 0.30, Forged: 0.10, Polls: [1, 1, 2, 4, 8, 30, 60]);
}
