using Consistency.Kit.AspNetCore.Progress;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Shop.Orders;

/// <summary>What customers may ask for. A request that comes twice is one order, one change and one answer.</summary>
internal static class OrderEndpoints
{
    private const string StatusEndpoint = "order-status";

    internal static void MapOrders(this IEndpointRouteBuilder shop)
    {
        shop.MapPost("/orders", PlaceAsync).RequireIdempotencyKey<ShopDb>();
        shop.MapPost("/orders/{id:guid}/changes", ChangeAsync).RequireIdempotencyKey<ShopDb>();
        shop.MapGet("/orders/{id:guid}", ShowAsync);
        shop.MapStatus("/orders/{id:guid}/status", StatusAsync).WithName(StatusEndpoint);
    }

    private static async Task<IResult> PlaceAsync(OrderRequest request, OrderDesk desk, CancellationToken cancellationToken)
    {
        var order = await desk.PlaceAsync(request, cancellationToken);
        return Results.Extensions.AcceptedStatus(StatusEndpoint, new RouteValueDictionary { ["id"] = order.Id });
    }

    private static async Task<IResult> ChangeAsync(Guid id, OrderDesk desk, CancellationToken cancellationToken) =>
        await desk.ChangeAsync(id, cancellationToken) is { } order
            ? Results.Ok(new OrderStatus(order.Id, order.State, order.Version))
            : Results.NotFound();

    private static async Task<IResult> ShowAsync(Guid id, ShopDb db, CancellationToken cancellationToken) =>
        await db.Orders.AsNoTracking().SingleOrDefaultAsync(order => order.Id == id, cancellationToken) is { } order
            ? Results.Ok(new OrderStatus(order.Id, order.State, order.Version))
            : Results.NotFound();

    private static async Task<WorkStatus> StatusAsync(Guid id, ShopDb db, CancellationToken cancellationToken) =>
        await db.Orders.Where(order => order.Id == id).Select(order => (OrderState?)order.State).SingleOrDefaultAsync(cancellationToken) switch
        {
            null => WorkStatus.Unknown(),
            OrderState.Completed => WorkStatus.Done($"/orders/{id}"),
            OrderState.Rejected => WorkStatus.Failed("There was not enough stock, no credit, or nobody paid in time."),
            _ => WorkStatus.Pending(TimeSpan.FromSeconds(1)),
        };
}
