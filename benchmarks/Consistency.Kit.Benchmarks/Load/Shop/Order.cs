namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>The business row.</summary>
internal sealed class Order
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public string Customer { get; set; } = "";

    public string Status { get; set; } = "placed";

    public decimal Total { get; set; }

    public DateTime PlacedAt { get; set; }

    internal static Order New(int number) => new()
    {
        Customer = $"customer-{number % 1_000}",
        Total = 100 + (number % 900),
        PlacedAt = DateTime.UtcNow,
    };
}
