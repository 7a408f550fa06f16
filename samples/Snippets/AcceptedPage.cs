using Consistency.Kit.AspNetCore.Progress;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Snippets;

internal static class AcceptedPage
{
    internal static void Map(WebApplication app)
    {
        app.MapPost("/orders", async (PlaceOrder command, ShopDb db) =>
        {
            var order = db.Place(command);                       // and publishes what is processed behind
            await db.SaveChangesAsync();
            return Results.Extensions.AcceptedStatus("order-status", new() { ["id"] = order.Id });
        }).RequireIdempotencyKey<ShopDb>();

        app.MapStatus("/orders/{id}/status", async (Guid id, ShopDb db) => await db.Orders.FindAsync(id) switch
        {
            null => WorkStatus.Unknown(),
            { IsDone: true } => WorkStatus.Done($"/orders/{id}"),
            _ => WorkStatus.Pending(TimeSpan.FromSeconds(1)),
        }).WithName("order-status");
    }
}
