using System.Security.Cryptography;
using System.Text.Json;
using Consistency.Kit.Callbacks;
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
