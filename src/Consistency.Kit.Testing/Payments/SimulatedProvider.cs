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
