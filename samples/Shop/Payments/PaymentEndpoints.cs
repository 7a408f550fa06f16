using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Shop.Orders;

namespace Shop.Payments;

/// <summary>Where customers pay. A customer who taps twice pays once.</summary>
internal static class PaymentEndpoints
{
    internal static void MapPayments(this IEndpointRouteBuilder shop) =>
        shop.MapPost("/orders/{id:guid}/payment", PayAsync).RequireIdempotencyKey<ShopDb>();

    /// <remarks>Whether the order was paid before is left unasked on purpose: that a tap is charged once is the key's work, and the drill's to prove.</remarks>
    private static async Task<IResult> PayAsync(Guid id, ShopDb db, CancellationToken cancellationToken)
    {
        if (await db.Bills.AsNoTracking().FirstOrDefaultAsync(bill => bill.Order == id, cancellationToken) is not { } bill)
        {
            // Too early: a 409 is not remembered, so the same key may be tried again.
            return Results.Conflict();
        }

        var payment = new Payment { Order = id, Amount = bill.Amount };
        db.Payments.Add(payment);
        await db.MoveOrderAsync(id, OrderState.Paid, cancellationToken);
        db.Outbox.Publish(new OrderPaid(id, bill.Amount), id.ToString());
        await db.SaveChangesAsync(cancellationToken);
        return Results.Created($"/orders/{id}", new PaymentReceipt(payment.Id, id, payment.Amount));
    }
}
