using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Shop.Payments;

namespace Shop.Sabotages;

/// <summary>Ships on every callback that is acknowledged, instead of once when the payment is decided.</summary>
internal sealed class HastyShipping(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext http, ShopDb db)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.Request.Path != PaymentEndpoints.Callbacks)
        {
            await next(http);
            return;
        }

        http.Request.EnableBuffering();
        await next(http);
        if (http.Response.StatusCode == StatusCodes.Status200OK)
        {
            http.Request.Body.Position = 0;
            using var json = await JsonDocument.ParseAsync(http.Request.Body);
            var order = json.RootElement.GetProperty("order"u8).GetGuid();
            db.Outbox.Publish(new OrderPaid(order, Billing.FromCents(json.RootElement.GetProperty("amount"u8).GetInt64())), order.ToString());
            await db.SaveChangesAsync();
        }
    }
}
