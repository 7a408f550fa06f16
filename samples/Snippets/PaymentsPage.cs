using System.Net;
using System.Net.Http.Json;
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

    internal static void RegisterPayments(WebApplicationBuilder builder, AcmePay acme) =>
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .AddStates<Order, OrderState>(StatesPage.OrderStates, order => order.State)
            .AddPayments<ShopDb, ShopPayments>(payments => payments
                .Provider("acme", _ => acme, _ => acme)
                .Polls(TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10))));

    internal static void RegisterStatements(PaymentsBuilder payments, WeChatPayOptions weChat, HttpClient http)
    {
        var china = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        payments.Reconcile("wechat", _ => new WeChatPayStatements(weChat, http, TimeProvider.System), new TimeOnly(10, 30), china, options => options.Repair = true);
    }

    internal static async Task CompareAsync(ShopDb db, IPaymentStatements statements, DateOnly day, CancellationToken cancellationToken)
    {
        var report = await db.ReconcilePaymentsAsync("wechat", day, statements.ReadAsync(day, cancellationToken), new PaymentReconciliationOptions(), cancellationToken);
        foreach (var drift in report.Drifts)
        {
            Console.WriteLine($"{drift.Kind}: {drift.Number} of order {drift.OrderNumber}. {drift.Detail}");
        }
    }

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

public sealed class AcmePay(HttpClient http, byte[] secret) : ICallbackVerifier, IPaymentProvider
{
    public IReadOnlyList<string> Headers { get; } = ["Acme-Event", "Acme-Time", "Acme-Signature"];

    public CallbackReply Accepted { get; } = new(200, "OK");

    public CallbackReply Refused { get; } = new(401, "NO");

    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken) => ValueTask.FromResult(Verify(request));

    public PaymentNews Read(StoredCallback callback) => JsonSerializer.Deserialize<AcmePayment>(callback.Body.Span)!.News();

    public async Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken) =>
        [.. (await http.GetFromJsonAsync<AcmePayment[]>($"orders/{Uri.EscapeDataString(orderNumber)}", cancellationToken))!.Select(payment => payment.News())];

    public async Task CloseAsync(string orderNumber, CancellationToken cancellationToken)
    {
        using var answer = await http.DeleteAsync($"orders/{Uri.EscapeDataString(orderNumber)}", cancellationToken);
        _ = answer.StatusCode == HttpStatusCode.Conflict ? answer : answer.EnsureSuccessStatusCode();
    }

    public async Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        using var answer = await http.PutAsJsonAsync($"refunds/{Uri.EscapeDataString(refund.Number)}", refund, cancellationToken);
        return answer.StatusCode == HttpStatusCode.UnprocessableEntity ? RefundStatus.Refused
            : answer.EnsureSuccessStatusCode().StatusCode == HttpStatusCode.Accepted ? RefundStatus.Pending : RefundStatus.Done;
    }

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

public sealed record AcmePayment(string Order, string Id, string Merchant, long Amount, string Currency, string State)
{
    public PaymentNews News() => State switch
    {
        "paid" => new PaymentNews.Paid(Order, Id, Merchant, Amount, Currency),
        "open" => new PaymentNews.Pending(),
        "closed" => new PaymentNews.Closed(),
        _ => throw new InvalidDataException($"Acme says '{State}', which nobody has translated."),
    };
}

internal static class PaymentsPackagePage
{
    internal static void Register(WebApplicationBuilder builder, WeChatPayOptions weChat, HttpClient http) =>
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .AddPayments<ShopDb, ShopPayments>(payments => payments
                .Provider("wechat", _ => new WeChatPayProvider(weChat, http, TimeProvider.System), _ => new WeChatPayVerifier(weChat))));

    internal static void Map(WebApplication app)
    {
        app.MapCallback("/callbacks/wechat", "wechat");
    }
}
