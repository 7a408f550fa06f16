using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.Testing.Payments;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Shop.Payments;

/// <summary>Where customers pay, and where the provider tells that they have. A customer who taps twice is charged once, also when the shop is killed behind the charge.</summary>
internal static class PaymentEndpoints
{
    internal const string Callbacks = "/callbacks/" + Billing.Provider;

    internal static void MapPayments(this IEndpointRouteBuilder shop)
    {
        shop.MapPost("/orders/{id:guid}/payment", PayAsync).RequireIdempotencyKey<ShopDb>(key => key.Mode = IdempotencyMode.RecoveryPoint);
        shop.MapCallback(Callbacks, Billing.Provider);
    }

    /// <remarks>
    /// It asks for the money and moves nothing: an order is paid when the provider says so, called back or asked. Whether it was asked before
    /// is left open on purpose: that a tap is one charge is the key's work, and the drill's to prove.
    /// </remarks>
    private static async Task<IResult> PayAsync(Guid id, ShopDb db, SimulatedProvider provider, HttpContext http, CancellationToken cancellationToken)
    {
        if (await db.Bills.AsNoTracking().FirstOrDefaultAsync(bill => bill.Order == id, cancellationToken) is not { } bill)
        {
            // Too early: a 409 is not remembered, so the same key may be tried again.
            return Results.Conflict();
        }

        var attempt = http.GetIdempotentAttempt();
        var charge = await attempt.OnceAsync(
            "charged",
            async token => await provider.ChargeAsync(attempt.Key.For("charge"), id.ToString(), Billing.ToCents(bill.Amount), Billing.Currency, token) ?? "",
            cancellationToken);
        return charge.Length == 0
            ? Results.StatusCode(StatusCodes.Status410Gone)
            : Results.Accepted($"/orders/{id}/status", new PaymentReceipt(charge, id, bill.Amount));
    }
}
