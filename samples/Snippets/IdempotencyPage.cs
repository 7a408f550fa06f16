using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Remote;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

internal static class IdempotencyPage
{
    internal static void Endpoint(WebApplicationBuilder builder, WebApplication app)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>());

        app.MapPost("/orders", PlaceOrder).RequireIdempotencyKey<ShopDb>();
    }

    internal static void EndpointWithCalls(WebApplication app)
    {
        app.MapPost("/payments", async (PaymentRequest request, ShopDb db, IPaymentGateway gateway, HttpContext http, CancellationToken cancellationToken) =>
        {
            var attempt = http.GetIdempotentAttempt();
            var charge = await attempt.OnceAsync(
                "charge",
                token => gateway.ChargeAsync(request.Amount, idempotencyKey: attempt.Key.For("charge"), token),
                cancellationToken);
            db.Payments.Add(new Payment(charge.Id, request.Order, request.Amount));
            await db.SaveChangesAsync(cancellationToken);       // fails when another attempt has taken over
            return Results.Created($"/payments/{charge.Id}", charge);
        }).RequireIdempotencyKey<ShopDb>(o => o.Mode = IdempotencyMode.RecoveryPoint);
    }

    internal static void Groups(WebApplication app)
    {
        app.MapGroup("/payments").RequireIdempotencyKey<ShopDb>();          // GET and HEAD pass
        app.MapControllers().RequireIdempotencyKey<ShopDb>();               // or [RequireIdempotencyKey<ShopDb>] on a controller or an action
    }

    internal static async Task<int> PlainCodeAsync(ShopDb db, Invoice invoice, CancellationToken cancellationToken)
    {
        var result = await db.Idempotency.ExecuteAsync(
            new IdempotencyKey(invoice.Id.ToString(), "send-invoice"),
            async token =>
            {
                db.Invoices.Add(invoice);
                await db.SaveChangesAsync(token);
                return invoice.Number;
            },
            cancellationToken);

        var number = result switch
        {
            IdempotentResult<int>.Executed(var made) => made,
            IdempotentResult<int>.Replayed(var before) => before,
            IdempotentResult<int>.InProgress(var delay) => throw new TryAgainLaterException(delay),
            _ => throw new InvalidOperationException("The key was used for something else."),
        };
        return number;
    }

    internal static void Client(IServiceCollection services)
    {
        services.AddHttpClient<ShopClient>().AddHttpMessageHandler<IdempotencyKeyHandler>();     // AddConsistencyKit registers it
    }

    private static IResult PlaceOrder() => Results.Ok();
}
