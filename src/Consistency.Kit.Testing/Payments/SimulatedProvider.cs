using System.Net;
using System.Text;
using System.Text.Json;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments;
using Consistency.Kit.Testing.Payments.Internal;

namespace Consistency.Kit.Testing.Payments;

/// <summary>Speaks to a <see cref="PaymentSimulator"/> over HTTP.</summary>
public sealed class SimulatedProvider : IPaymentProvider
{
    private readonly HttpClient _http;

    /// <summary>Takes the client.</summary>
    /// <param name="http">Its base address is the simulator's.</param>
    public SimulatedProvider(HttpClient http)
    {
        ArgumentNullException.ThrowIfNull(http);
        _http = http;
    }

    /// <inheritdoc />
    public PaymentNews Read(StoredCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        using var json = JsonDocument.Parse(callback.Body);
        return Paid(json.RootElement);
    }

    /// <summary>Takes the money of a customer who agreed to it, once for each key. That it has come is told by a callback, or when asked.</summary>
    /// <param name="key">Names the charge for good: a repeat is no second charge, and another key is.</param>
    /// <param name="orderNumber">The merchant's number of the order.</param>
    /// <param name="amount">How much, in the currency's smallest unit.</param>
    /// <param name="currency">The currency.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The transaction id; null when the order is closed, so that nobody can pay it.</returns>
    public async Task<string?> ChargeAsync(string key, string orderNumber, long amount, string currency, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentException.ThrowIfNullOrEmpty(orderNumber);
        using var content = new StringContent(ProviderJson.Write(new SimulatedCharge(key, orderNumber, amount, currency)), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri("charges", UriKind.Relative), content, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.Conflict)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        return json.RootElement.GetProperty("transaction"u8).GetString();
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken)
    {
        using var json = JsonDocument.Parse(await _http.GetByteArrayAsync(new Uri($"orders/{Uri.EscapeDataString(orderNumber)}", UriKind.Relative), cancellationToken).ConfigureAwait(false));
        var payments = json.RootElement.GetProperty("payments"u8).EnumerateArray().Select(Paid).ToList<PaymentNews>();
        return payments.Count > 0 ? payments : [json.RootElement.GetProperty("closed"u8).GetBoolean() ? new PaymentNews.Closed() : new PaymentNews.Pending()];
    }

    /// <inheritdoc />
    public async Task CloseAsync(string orderNumber, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsync(new Uri($"orders/{Uri.EscapeDataString(orderNumber)}/close", UriKind.Relative), null, cancellationToken).ConfigureAwait(false);

        // A conflict says that the order is paid; the query that follows says by what.
        if (response.StatusCode != HttpStatusCode.Conflict)
        {
            response.EnsureSuccessStatusCode();
        }
    }

    /// <inheritdoc />
    public async Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refund);
        using var content = new StringContent(ProviderJson.Write(new SimulatedRefund(refund.Number, refund.TransactionId, refund.Amount)), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri("refunds", UriKind.Relative), content, cancellationToken).ConfigureAwait(false);
        response.EnsureSuccessStatusCode();
        using var json = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        return json.RootElement.GetProperty("status"u8).GetString() == "done" ? RefundStatus.Done : RefundStatus.Refused;
    }

    private static PaymentNews.Paid Paid(JsonElement payment) => new(
        payment.GetProperty("order"u8).GetString()!,
        payment.GetProperty("transaction"u8).GetString()!,
        payment.GetProperty("merchant"u8).GetString()!,
        payment.GetProperty("amount"u8).GetInt64(),
        payment.GetProperty("currency"u8).GetString()!);
}
