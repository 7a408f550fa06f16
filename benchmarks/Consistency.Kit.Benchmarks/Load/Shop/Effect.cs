namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>What a handler inserts.</summary>
internal sealed class Effect
{
    public long Id { get; set; }

    public Guid OrderId { get; set; }

    public string Key { get; set; } = "";

    public int Number { get; set; }
}
