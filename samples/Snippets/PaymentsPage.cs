using System.Security.Cryptography;
using System.Text.Json;
using Consistency.Kit.Callbacks;
using Consistency.Kit.EntityFrameworkCore.Payments;
using Consistency.Kit.Payments;
using Consistency.Kit.Payments.Stripe;
using Consistency.Kit.Payments.WeChatPay;
using Consistency.Kit.States;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets;

internal static class PaymentsPage
{
    internal static void Register(WebApplicationBuilder builder, WeChatPayOptions weChat, StripeOptions stripe)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .AddCallbacks<WeChatNews>("wechat", _ => new WeChatPayVerifier(weChat))
            .AddCallbacks<StripeNews>("stripe", _ => new StripeVerifier(stripe)));
    }

    internal static void RegisterPayments(WebApplicationBuilder builder, IPaymentProvider acme, byte[] secret) =>
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .AddStates<Order, OrderState>(StatesPage.OrderStates, order => order.State)
            .AddPayments<ShopDb, ShopPayments>(payments => payments
                .Provider("acme", _ => acme, _ => new AcmePayVerifier(secret))
                .Polls(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10))));

    internal static async Task PlaceAsync(ShopDb db, Order order, CancellationToken cancellationToken)
    {
        db.Orders.Add(order);
        db.ExpectPayment(new ExpectedPayment
        {
            OrderNumber = order.Id.ToString(),
            Provider = "acme",
            Merchant = "shop-1",
            Amount = 19_900,
            Currency = "CNY",
            CloseAfter = TimeSpan.FromMinutes(15),
        });
        await db.SaveChangesAsync(cancellationToken);
    }

    internal static Task<RefundRequested> RefundAsync(ShopDb db, Order order, CancellationToken cancellationToken) =>
        db.RefundPaymentAsync(order.Id.ToString(), refundNumber: $"{order.Id:N}-1", amount: 5_000, "one piece returned", cancellationToken);

    internal static void Map(WebApplication app)
    {
        app.MapCallback("/callbacks/wechat", "wechat");
        app.MapCallback("/callbacks/stripe", "stripe", options => options.MaxBodyBytes = 256 * 1024);
    }
}

internal sealed class WeChatNews(ShopDb db, WeChatPayResource resource) : ICallbackHandler
{
    public async Task<CallbackOutcome> HandleAsync(StoredCallback callback, CancellationToken cancellationToken)
    {
        using var news = JsonDocument.Parse(resource.Open(callback.Body));
        var id = Guid.Parse(news.RootElement.GetProperty("out_trade_no").GetString()!);
        var moved = await db.Orders.TransitionAsync(id, OrderState.Paid, new StateCause("callback", callback.EventId), cancellationToken);
        return moved is StateMove<OrderState>.NotFound
            ? CallbackOutcome.Wait("The order is not here yet.")
            : CallbackOutcome.Done;
    }
}

public sealed class ShopPayments : IPaymentHandler<ShopDb>
{
    public Task PaidAsync(ShopDb db, PaymentNews.Paid paid, CancellationToken cancellationToken) =>
        db.Orders.TransitionAsync(Guid.Parse(paid.OrderNumber), OrderState.Paid, new StateCause("callback"), cancellationToken);

    public Task ClosedAsync(ShopDb db, string orderNumber, CancellationToken cancellationToken) =>
        db.Orders.TransitionAsync(Guid.Parse(orderNumber), OrderState.Closed, new StateCause("timeout"), cancellationToken);
}

internal sealed class StripeNews : ICallbackHandler
{
    public Task<CallbackOutcome> HandleAsync(StoredCallback callback, CancellationToken cancellationToken) => Task.FromResult(CallbackOutcome.Done);
}

public sealed class AcmePayVerifier(byte[] secret) : ICallbackVerifier
{
    public IReadOnlyList<string> Headers { get; } = ["Acme-Event", "Acme-Time", "Acme-Signature"];

    public CallbackReply Accepted { get; } = new(200, "OK");

    public CallbackReply Refused { get; } = new(401, "NO");

    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Verify(request));

    private CallbackVerdict Verify(CallbackRequest request)
    {
        if (!long.TryParse(request.Header("Acme-Time"), out var time) || Math.Abs(request.ReceivedAt.ToUnixTimeSeconds() - time) > 300)
        {
            return new CallbackVerdict.Forged(CallbackRefusal.OutsideWindow);
        }

        byte[] signed = [.. System.Text.Encoding.UTF8.GetBytes($"{request.Header("Acme-Event")}.{time}."), .. request.Body.Span];
        var given = new byte[HMACSHA256.HashSizeInBytes];
        Convert.FromHexString(request.Header("Acme-Signature")!, given, out _, out _);
        return CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(secret, signed))
            ? new CallbackVerdict.Genuine(request.Header("Acme-Event")!, "payment")
            : new CallbackVerdict.Forged(CallbackRefusal.BadSignature);
    }
}
