using System.Text.Json.Serialization;

namespace Consistency.Kit.Benchmarks.Load.Shop;

/// <summary>A message of about 300 bytes of JSON.</summary>
internal sealed record OrderPlaced(Guid OrderId, int Number, string Customer, string Address, decimal Total, IReadOnlyList<OrderLine> Lines)
{
    internal const string Name = "order-placed.v1";

    internal const string Topic = "orders";

    internal static OrderPlaced New(Guid order, int number) => new(
        order,
        number,
        $"customer-{number % 1_000}",
        "12 Long Street, 34567 Some Town, Some Country",
        100 + (number % 900),
        [new OrderLine("sku-1001", 2, 19.90m), new OrderLine("sku-2002", 1, 60.20m)]);
}

internal sealed record OrderLine(string Sku, int Quantity, decimal Price);

[JsonSerializable(typeof(OrderPlaced))]
[JsonSerializable(typeof(CountedJob))]
internal sealed partial class ShopJson : JsonSerializerContext;
