using Consistency.Kit;

namespace Snippets.MessagesPage;

internal static class Registrations
{
    internal static void Add(ConsistencyKitBuilder kit) =>
        kit.UseJson(ShopJson.Default)
           .AddMessage<OrderPlaced>("order-placed.v2", topic: "orders", m => m
               .Upcast<OrderPlacedV1>("order-placed.v1", old => new OrderPlaced(old.OrderId, Currency: "CNY")));
}

internal sealed record OrderPlaced(Guid OrderId, string Currency);

internal sealed record OrderPlacedV1(Guid OrderId);
