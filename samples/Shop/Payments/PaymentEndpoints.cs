using Consistency.Kit.AspNetCore.Idempotency;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Shop.Checkouts;
using Shop.Orders;

namespace Shop.Payments;

/// <summary>Where customers pay. A customer who taps twice is charged once, also when the shop is killed behind the charge.</summary>
internal static class PaymentEndpoints
{
    internal static void MapPayments(this IEndpointRouteBuilder shop) =>
        shop.MapPost("/orders/{id:guid}/payment", PayAsync).RequireIdempotencyKey<ShopDb>(key => key.Mode = IdempotencyMode.RecoveryPoint);

    /// <remarks>Whether the order was paid before is left unasked on purpose: that a tap is charged once is the key's work, and the drill's to prove.</remarks>
    private static async Task<IResult> PayAsync(Guid id, ShopDb db, PaymentGateway gateway, ICheckout checkout, HttpContext http, CancellationToken cancellationToken)
    {
        if (await db.Bills.AsNoTracking().FirstOrDefaultAsync(bill => bill.Order == id, cancellationToken) is not { } bill)
        {
            // Too early: a 409 is not remembered, so the same key may be tried again.
            return Results.Conflict();
        }

        var attempt = http.GetIdempotentAttempt();
        var charge = await attempt.OnceAsync("charged", token => gateway.ChargeAsync(attempt.Key.For("charge"), id, bill.Amount, token), cancellationToken);
        if (!attempt.TryGet<bool>("paid", out _))
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            db.Payments.Add(new Payment { Order = id, Amount = bill.Amount });
            checkout.Paid(id, bill.Amount);
            attempt.Reach("paid", true);

            // Fails when another attempt has taken over; the point is saved with the payment.
            await db.SaveChangesAsync(cancellationToken);
            await db.MoveOrderAsync(id, OrderState.Paid, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return Results.Created($"/orders/{id}", new PaymentReceipt(charge, id, bill.Amount));
    }
}
