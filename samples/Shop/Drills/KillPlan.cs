namespace Shop.Drills;

/// <summary>When and how the worker is killed: spread over the work, every second time at one of the engines' crash points.</summary>
internal sealed class KillPlan
{
    private const double LastShare = 0.97;

    private readonly Queue<Kill> _kills;

    internal KillPlan(int kills, int seed, IReadOnlyList<string> points)
    {
        var random = new Random(seed);
        _kills = new Queue<Kill>(Enumerable.Range(0, kills).Select(index => new Kill(
            LastShare * (index + random.NextDouble()) / kills,
            index % 2 == 0 ? null : points[random.Next(points.Count)])));
    }

    /// <summary>The kill whose time has come, or null.</summary>
    internal Kill? Next(double share) => _kills.TryPeek(out var kill) && share >= kill.Share ? _kills.Dequeue() : null;

    /// <param name="Share">The share of the work at which it happens.</param>
    /// <param name="Point">The crash point; null to kill at once, wherever the worker stands.</param>
    internal sealed record Kill(double Share, string? Point);
}
