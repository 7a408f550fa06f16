using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.WeChatPay;

/// <summary>Asks WeChat Pay, API v3: queries by the merchant's order number, closes, refunds. Answers are verified like callbacks.</summary>
/// <remarks>Amounts are in fen. A payment of WeChat Pay is known by its state: an order has one payment, so a surplus comes under an order number of its own or is told by a callback.</remarks>
public sealed class WeChatPayProvider : IPaymentProvider
{
    private readonly WeChatPayOptions _options;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly WeChatPayVerifier _verifier;
    private readonly WeChatPayResource _resource;
    private readonly RSA _key = RSA.Create();

    /// <summary>Takes the keys and the client.</summary>
    /// <param name="options">All keys of the merchant.</param>
    /// <param name="http">Its base address is <c>https://api.mch.weixin.qq.com/</c>.</param>
    /// <param name="time">The clock that requests are signed with, and that answers are judged by.</param>
    /// <exception cref="ArgumentException">A key is missing or cannot be read.</exception>
    public WeChatPayProvider(WeChatPayOptions options, HttpClient http, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(time);
        if (string.IsNullOrWhiteSpace(options.MerchantId) || string.IsNullOrWhiteSpace(options.MerchantSerial) || string.IsNullOrWhiteSpace(options.MerchantKey))
        {
            throw new ArgumentException("WeChatPayOptions: MerchantId, MerchantSerial and MerchantKey are needed to ask WeChat Pay.", nameof(options));
        }

        (_options, _http, _time) = (options, http, time);
        _verifier = new WeChatPayVerifier(options);
        _resource = new WeChatPayResource(options.ApiKey);
        _key.ImportFromPem(options.MerchantKey);
    }

    /// <inheritdoc />
    public PaymentNews Read(StoredCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (callback.Kind != "TRANSACTION.SUCCESS")
        {
            return new PaymentNews.Other();
        }

        using var json = JsonDocument.Parse(_resource.Open(callback.Body));
        return News(json.RootElement);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, $"v3/pay/transactions/out-trade-no/{Uri.EscapeDataString(orderNumber)}?mchid={_options.MerchantId}", "", cancellationToken).ConfigureAwait(false);
        if (status == HttpStatusCode.NotFound)
        {
            return [new PaymentNews.Closed()];
        }

        Require(status == HttpStatusCode.OK, status, "query");
        using var json = JsonDocument.Parse(body);
        return [News(json.RootElement)];
    }

    /// <inheritdoc />
    public async Task CloseAsync(string orderNumber, CancellationToken cancellationToken)
    {
        var body = $$"""{"mchid":"{{_options.MerchantId}}"}""";
        var (status, _) = await SendAsync(HttpMethod.Post, $"v3/pay/transactions/out-trade-no/{Uri.EscapeDataString(orderNumber)}/close", body, cancellationToken).ConfigureAwait(false);

        // What is paid, closed or unknown cannot be closed; the query that follows says which.
        Require(status is HttpStatusCode.NoContent or HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound, status, "close");
    }

    /// <inheritdoc />
    public async Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refund);
        var (status, answer) = await SendAsync(HttpMethod.Post, "v3/refund/domestic/refunds", Body(refund), cancellationToken).ConfigureAwait(false);
        if (status == HttpStatusCode.BadRequest)
        {
            return RefundStatus.Refused;
        }

        Require(status == HttpStatusCode.OK, status, "refund");
        using var json = JsonDocument.Parse(answer);
        return EventJson.Text(json.RootElement, "status") switch
        {
            "SUCCESS" => RefundStatus.Done,
            "PROCESSING" => RefundStatus.Pending,
            _ => RefundStatus.Refused,
        };
    }

    private static string Body(PaymentRefund refund)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("transaction_id"u8, refund.TransactionId);
            json.WriteString("out_refund_no"u8, refund.Number);
            json.WriteString("reason"u8, refund.Reason);
            json.WriteStartObject("amount"u8);
            json.WriteNumber("refund"u8, refund.Amount);
            json.WriteNumber("total"u8, refund.Total);
            json.WriteString("currency"u8, refund.Currency);
            json.WriteEndObject();
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
                var amount = transaction.GetProperty("amount"u8);
                return new PaymentNews.Paid(
                    Need(transaction, "out_trade_no"), Need(transaction, "transaction_id"), Need(transaction, "mchid"), amount.GetProperty("total"u8).GetInt64(), EventJson.Text(amount, "currency") ?? "CNY");
            case "NOTPAY" or "USERPAYING" or "ACCEPT" or "PAYERROR":
                return new PaymentNews.Pending();
            case "CLOSED" or "REVOKED":
                return new PaymentNews.Closed();
            case var word:
                throw new InvalidDataException($"WeChat Pay says '{word}' of a transaction, which nobody has translated.");
        }
    }

    private static string Need(JsonElement element, string name) => EventJson.Text(element, name) ?? throw new InvalidDataException($"WeChat Pay's transaction has no {name}.");

    private static void Require(bool fits, HttpStatusCode status, string what)
    {
        if (!fits)
        {
            throw new HttpRequestException($"WeChat Pay answered a {what} with {(int)status}.", null, status);
        }
    }

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(HttpMethod method, string path, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", Authorization(method.Method, "/" + path, body));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Consistency.Kit");
        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
        {
            var headers = _verifier.Headers.Where(name => response.Headers.Contains(name)).ToDictionary(name => name, name => string.Join(',', response.Headers.GetValues(name)));
            if (_verifier.Verify(new CallbackRequest(headers, answer, _time.GetUtcNow())) is { } refusal)
            {
                throw new InvalidDataException($"An answer of WeChat Pay is not to be believed: {refusal}.");
            }
        }

        return (response.StatusCode, answer);
    }

    private string Authorization(string method, string path, string body)
    {
        var time = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RandomNumberGenerator.GetHexString(32);
        var signature = Convert.ToBase64String(_key.SignData(Encoding.UTF8.GetBytes($"{method}\n{path}\n{time}\n{nonce}\n{body}\n"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return $"WECHATPAY2-SHA256-RSA2048 mchid=\"{_options.MerchantId}\",nonce_str=\"{nonce}\",signature=\"{signature}\",timestamp=\"{time}\",serial_no=\"{_options.MerchantSerial}\"";
    }
}
