using System.Text.Json;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Alipay.Internal;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Alipay;

/// <summary>Asks Alipay's gateway: queries by the merchant's order number, closes, refunds, and asks for a refund by its number. Requests are signed with RSA2, answers verified.</summary>
/// <remarks>
/// Amounts are in fen. An order that nobody has scanned yet is unknown to Alipay, and counts as closed only after it was asked to close it.
/// An outcome is final only by a documented state or error code; everything else is thrown, and asked again.
/// </remarks>
public sealed class AlipayProvider : IPaymentProvider
{
    private const string Answer = "Alipay's answer";
    private const string NoTrade = "ACQ.TRADE_NOT_EXIST";

    private static readonly HashSet<string> NotToClose = new(StringComparer.Ordinal) { NoTrade, "ACQ.TRADE_STATUS_ERROR", "ACQ.REASON_TRADE_STATUS_INVALID", "ACQ.REASON_ILLEGAL_STATUS" };
    private static readonly HashSet<string> NoRefund = new(StringComparer.Ordinal)
    {
        NoTrade, "ACQ.INVALID_PARAMETER", "ACQ.SELLER_BALANCE_NOT_ENOUGH", "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "ACQ.REASON_TRADE_BEEN_FREEZEN", "ACQ.TRADE_HAS_FINISHED",
        "ACQ.TRADE_STATUS_ERROR", "ACQ.DISCORDANT_REPEAT_REQUEST", "ACQ.REASON_TRADE_REFUND_FEE_ERR", "ACQ.TRADE_NOT_ALLOW_REFUND", "ACQ.REFUND_FEE_ERROR",
    };

    private readonly AlipayOptions _options;
    private readonly AlipayClient _client;

    /// <summary>Takes the keys and the client.</summary>
    /// <param name="options">All keys of the application.</param>
    /// <param name="http">Its base address is <c>https://openapi.alipay.com/</c>.</param>
    /// <param name="time">The clock that requests are signed with.</param>
    /// <exception cref="ArgumentException">A key is missing or cannot be read.</exception>
    public AlipayProvider(AlipayOptions options, HttpClient http, TimeProvider time)
    {
        _client = new AlipayClient(options, http, time);
        _options = options;
    }

    /// <inheritdoc />
    public PaymentNews Read(StoredCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var form = AlipayForm.Read(callback.Body.Span) ?? throw new InvalidDataException("Alipay's notification is no form.");
        string Need(string name) => form.GetValueOrDefault(name) is { Length: > 0 } value ? value : throw new InvalidDataException($"Alipay's notification has no {name}.");
        return form.GetValueOrDefault("trade_status", "") switch
        {
            "TRADE_SUCCESS" or "TRADE_FINISHED" => new PaymentNews.Paid(Need("out_trade_no"), Need("trade_no"), Need("seller_id"), Amount(Need("total_amount")), "CNY"),
            "TRADE_CLOSED" or "WAIT_BUYER_PAY" or "" => new PaymentNews.Other(),
            var word => throw Word(word),
        };
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(orderNumber);
        using var answer = await _client.CallAsync("alipay.trade.query", json => json.WriteString("out_trade_no"u8, orderNumber), cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? [News(answer.Body)]
            : answer.Refusal == NoTrade ? [new PaymentNews.Closed()]
            : throw _client.Unknown("query", answer);
    }

    /// <inheritdoc />
    public async Task CloseAsync(string orderNumber, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(orderNumber);
        using var answer = await _client.CallAsync("alipay.trade.close", json => json.WriteString("out_trade_no"u8, orderNumber), cancellationToken).ConfigureAwait(false);

        // What is paid, closed or unknown cannot be closed; the query that follows says which.
        if (!answer.IsSuccess && !NotToClose.Contains(answer.Refusal))
        {
            throw _client.Unknown("close", answer);
        }
    }

    /// <inheritdoc />
    public async Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refund);
        if (refund.Currency != "CNY")
        {
            throw new InvalidDataException($"Alipay refunds in CNY, not in {refund.Currency}.");
        }

        using var answer = await _client.CallAsync(
            "alipay.trade.refund",
            json =>
            {
                json.WriteString("trade_no"u8, refund.TransactionId);
                json.WriteString("out_request_no"u8, refund.Number);
                json.WriteString("refund_amount"u8, Money.Write(refund.Amount));
                json.WriteString("refund_reason"u8, refund.Reason);
            },
            cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess && !NoRefund.Contains(answer.Refusal))
        {
            throw _client.Unknown("refund", answer);
        }

        if (answer.IsSuccess && EventJson.Text(answer.Body, "fund_change") == "Y")
        {
            return RefundStatus.Done;
        }

        // Without a change of funds a success may be a repeat or still at work, and a refusal may be one of a repeat: the number tells.
        return await FindAsync(refund, cancellationToken).ConfigureAwait(false) ? RefundStatus.Done : answer.IsSuccess ? RefundStatus.Pending : RefundStatus.Refused;
    }

    /// <summary>Whether the refund of this number was made.</summary>
    private async Task<bool> FindAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        using var answer = await _client.CallAsync(
            "alipay.trade.fastpay.refund.query",
            json =>
            {
                json.WriteString("trade_no"u8, refund.TransactionId);
                json.WriteString("out_request_no"u8, refund.Number);
            },
            cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
        {
            return answer.Refusal == NoTrade ? false : throw _client.Unknown("query of a refund", answer);
        }

        switch (EventJson.Text(answer.Body, "refund_status"))
        {
            case "REFUND_SUCCESS":
                return EventJson.Text(answer.Body, "out_request_no") == refund.Number && Amount(answer.Body, "refund_amount") == refund.Amount
                    ? true
                    : throw new InvalidDataException($"Alipay speaks of another refund than {refund.Number}, or of another amount.");
            case null or "":
                return false;
            case var word:
                throw Word(word);
        }
    }

    private PaymentNews News(JsonElement trade)
    {
        switch (EventJson.Text(trade, "trade_status"))
        {
            case "TRADE_SUCCESS" or "TRADE_FINISHED":
                return Paid(trade);

            // Closed unpaid, or paid and refunded in full: only the latter has a time of payment.
            case "TRADE_CLOSED":
                return string.IsNullOrEmpty(EventJson.Text(trade, "send_pay_date")) ? new PaymentNews.Closed() : Paid(trade);
            case "WAIT_BUYER_PAY":
                return new PaymentNews.Pending();
            case var word:
                throw Word(word);
        }
    }

    private PaymentNews.Paid Paid(JsonElement trade) => new(
        EventJson.Need(trade, "out_trade_no", Answer),
        EventJson.Need(trade, "trade_no", Answer),
        _options.SellerId,
        Amount(trade, "total_amount"),
        EventJson.Text(trade, "trans_currency") ?? "CNY");

    private static InvalidDataException Word(string? word) => new($"Alipay says '{word}', which nobody has translated.");

    private static long Amount(JsonElement element, string name)
    {
        var value = EventJson.Part(element, name);
        return Amount(value.ValueKind == JsonValueKind.Number ? value.GetRawText() : EventJson.Need(element, name, Answer));
    }

    private static long Amount(string text) => Money.TryRead(text, 2, out var amount) ? amount : throw new InvalidDataException($"Alipay says '{text}', which is no amount of yuan and fen.");
}
