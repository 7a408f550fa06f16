using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Internal;
using Consistency.Kit.Payments.WeChatPay.Internal;

namespace Consistency.Kit.Payments.WeChatPay;

/// <summary>Asks WeChat Pay, API v3: queries by the merchant's order number, closes, refunds. Answers are verified like callbacks.</summary>
/// <remarks>
/// Amounts are in fen. A payment of WeChat Pay is known by its state: an order has one payment, so a surplus comes under an order number of
/// its own or is told by a callback. An outcome is final only by a documented state or error code; everything else is thrown, and asked again.
/// </remarks>
public sealed class WeChatPayProvider : IPaymentProvider
{
    private const string Answer = "WeChat Pay's answer";
    private const int MaxReason = 80;

    private static readonly HashSet<string> NoOrder = new(StringComparer.Ordinal) { "ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS", "ORDER_CLOSED", "ORDERCLOSED" };
    private static readonly HashSet<string> NotToClose = new(NoOrder, StringComparer.Ordinal) { "ORDERPAID", "ORDER_PAID", "USERPAYING" };
    private static readonly HashSet<string> NoRefund = new(StringComparer.Ordinal) { "USER_ACCOUNT_ABNORMAL", "NOT_ENOUGH", "RESOURCE_NOT_EXISTS", "PARAM_ERROR", "INVALID_REQUEST" };

    private readonly WeChatPayOptions _options;
    private readonly WeChatPayClient _client;
    private readonly WeChatPayResource _resource;

    /// <summary>Takes the keys and the client.</summary>
    /// <param name="options">All keys of the merchant.</param>
    /// <param name="http">Its base address is <c>https://api.mch.weixin.qq.com/</c>.</param>
    /// <param name="time">The clock that requests are signed with, and that answers are judged by.</param>
    /// <exception cref="ArgumentException">A key is missing or cannot be read.</exception>
    public WeChatPayProvider(WeChatPayOptions options, HttpClient http, TimeProvider time)
    {
        _client = new WeChatPayClient(options, http, time);
        _options = options;
        _resource = new WeChatPayResource(options.ApiKey);
    }

    /// <inheritdoc />
    public PaymentNews Read(StoredCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (callback.Kind != "TRANSACTION.SUCCESS")
        {
            return new PaymentNews.Other();
        }

        using var json = EventJson.Parse(_resource.Open(callback.Body), "WeChat Pay's notification");
        return News(json.RootElement);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(orderNumber);
        var answer = await _client.SendAsync(HttpMethod.Get, $"v3/pay/transactions/out-trade-no/{Uri.EscapeDataString(orderNumber)}?mchid={_options.MerchantId}", "", cancellationToken).ConfigureAwait(false);
        if (answer.Status != HttpStatusCode.OK)
        {
            return NoOrder.Contains(WeChatPayClient.Code(answer)) ? [new PaymentNews.Closed()] : throw _client.Unknown("query", answer);
        }

        using var json = EventJson.Parse(answer.Body, Answer);
        return [News(json.RootElement)];
    }

    /// <inheritdoc />
    public async Task CloseAsync(string orderNumber, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(orderNumber);
        var body = Json(json => json.WriteString("mchid"u8, _options.MerchantId));
        var answer = await _client.SendAsync(HttpMethod.Post, $"v3/pay/transactions/out-trade-no/{Uri.EscapeDataString(orderNumber)}/close", body, cancellationToken).ConfigureAwait(false);

        // What is paid, being paid, closed or unknown cannot be closed; the query that follows says which.
        if (answer.Status is not (HttpStatusCode.OK or HttpStatusCode.NoContent) && !NotToClose.Contains(EventJson.Read(answer.Body, "code", "code").First ?? ""))
        {
            throw _client.Unknown("close", answer);
        }
    }

    /// <inheritdoc />
    public async Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refund);
        var answer = await _client.SendAsync(HttpMethod.Post, "v3/refund/domestic/refunds", Body(refund), cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.OK)
        {
            return Status(answer, refund);
        }

        if (!NoRefund.Contains(WeChatPayClient.Code(answer)))
        {
            throw _client.Unknown("refund", answer);
        }

        // A repeat may be refused although the first request was not: the number tells.
        var known = await _client.SendAsync(HttpMethod.Get, $"v3/refund/domestic/refunds/{Uri.EscapeDataString(refund.Number)}", "", cancellationToken).ConfigureAwait(false);
        return known.Status == HttpStatusCode.OK ? Status(known, refund)
            : WeChatPayClient.Code(known) == "RESOURCE_NOT_EXISTS" ? RefundStatus.Refused
            : throw _client.Unknown("query of a refund", known);
    }

    private static RefundStatus Status(ProviderAnswer answer, PaymentRefund refund)
    {
        using var json = EventJson.Parse(answer.Body, Answer);
        var root = json.RootElement;
        var amount = EventJson.Part(root, "amount");
        if (EventJson.Need(root, "out_refund_no", Answer) != refund.Number || EventJson.NeedNumber(amount, "refund", Answer) != refund.Amount
            || (EventJson.Text(amount, "currency") ?? "CNY") != refund.Currency)
        {
            throw new InvalidDataException($"WeChat Pay speaks of another refund than {refund.Number}, or of another amount.");
        }

        return EventJson.Text(root, "status") switch
        {
            "SUCCESS" => RefundStatus.Done,
            "PROCESSING" => RefundStatus.Pending,
            "CLOSED" or "ABNORMAL" => RefundStatus.Refused,
            var word => throw new InvalidDataException($"WeChat Pay says '{word}' of a refund, which nobody has translated."),
        };
    }

    private static string Body(PaymentRefund refund) => Json(json =>
    {
        json.WriteString("transaction_id"u8, refund.TransactionId);
        json.WriteString("out_refund_no"u8, refund.Number);
        json.WriteString("reason"u8, refund.Reason.Length > MaxReason ? refund.Reason[..MaxReason] : refund.Reason);
        json.WriteStartObject("amount"u8);
        json.WriteNumber("refund"u8, refund.Amount);
        json.WriteNumber("total"u8, refund.Total);
        json.WriteString("currency"u8, refund.Currency);
        json.WriteEndObject();
    });

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static PaymentNews News(JsonElement transaction)
    {
        switch (EventJson.Text(transaction, "trade_state"))
        {
            // What was refunded later was paid.
            case "SUCCESS" or "REFUND":
                var amount = EventJson.Part(transaction, "amount");
                return new PaymentNews.Paid(
                    EventJson.Need(transaction, "out_trade_no", Answer),
                    EventJson.Need(transaction, "transaction_id", Answer),
                    EventJson.Need(transaction, "mchid", Answer),
                    EventJson.NeedNumber(amount, "total", Answer),
                    EventJson.Text(amount, "currency") ?? "CNY");
            case "NOTPAY" or "USERPAYING" or "ACCEPT" or "PAYERROR":
                return new PaymentNews.Pending();
            case "CLOSED" or "REVOKED":
                return new PaymentNews.Closed();
            case var word:
                throw new InvalidDataException($"WeChat Pay says '{word}' of a transaction, which nobody has translated.");
        }
    }
}
