namespace Shop.Chaos;

/// <summary>Decides what goes wrong; the same seed begins with the same decisions.</summary>
internal sealed class Mischief
{
    private readonly Lock _gate = new();
    private readonly Random _random;

    public Mischief(ShopSettings settings) => _random = new Random(unchecked((settings.Seed * 397) ^ settings.Incarnation));

    internal bool Happens(double probability)
    {
        lock (_gate)
        {
            return _random.NextDouble() < probability;
        }
    }

    /// <summary>From 0 to one below <paramref name="end"/>.</summary>
    internal int Below(int end)
    {
        lock (_gate)
        {
            return _random.Next(end);
        }
    }
}
