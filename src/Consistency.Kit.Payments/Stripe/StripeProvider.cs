using System.Globalization;
using System.Net;
using System.Text.Json;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Internal;
using Consistency.Kit.Payments.Stripe.Internal;

namespace Consistency.Kit.Payments.Stripe;

/// <summary>Asks Stripe: retrieves an order's PaymentIntents, cancels them, refunds them.</summary>
/// <remarks>
/// Amounts are in the currency's smallest unit, as Stripe counts them. A payment is known by its PaymentIntent. An order may have several:
/// all are looked at, and two that succeeded are two payments. An outcome is final only by a documented state or error code; everything
/// else is thrown, and asked again.
/// </remarks>
public sealed class StripeProvider : IPaymentProvider
{
    private const string Answer = "Stripe's answer";
    private const string RefundKey = "refund_number";
    private const int MaxPages = 20;

    // Not "resource_missing": a PaymentIntent that this key does not see contradicts what was kept of it.
    private static readonly HashSet<string> NoRefund = new(StringComparer.Ordinal) { "charge_already_refunded", "charge_disputed", "refund_disputed_payment" };

    private readonly StripeOptions _options;
    private readonly StripeClient _client;

    /// <summary>Takes the key and the client.</summary>
    /// <param name="options">The key, the account, and what finds an order's PaymentIntents.</param>
    /// <param name="http">Its base address is <c>https://api.stripe.com/</c>.</param>
    /// <param name="time">The clock of the time limit.</param>
    /// <exception cref="ArgumentException">Something is missing.</exception>
    public StripeProvider(StripeOptions options, HttpClient http, TimeProvider time)
    {
        _client = new StripeClient(options, http, time);
        _options = options;
    }

    /// <inheritdoc />
    public PaymentNews Read(StoredCallback callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (callback.Kind != "payment_intent.succeeded")
        {
            return new PaymentNews.Other();
        }

        using var json = EventJson.Parse(callback.Body, "Stripe's event");
        var intent = EventJson.Part(EventJson.Part(json.RootElement, "data"), "object");

        // A payment without an order number is of no order of this application.
        return OrderOf(intent) is null ? new PaymentNews.Other() : Paid(intent, EventJson.Text(json.RootElement, "account") ?? _options.Account);
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(orderNumber);
        var news = new List<PaymentNews>();
        foreach (var id in await _options.FindIntents!(orderNumber, cancellationToken).ConfigureAwait(false))
        {
            var answer = await _client.GetAsync(Path(id), cancellationToken).ConfigureAwait(false);
            if (answer.Status != HttpStatusCode.OK)
            {
                throw _client.Unknown("query", answer);
            }

            using var json = EventJson.Parse(answer.Body, Answer);
            news.Add(News(json.RootElement, id, orderNumber));
        }

        var paid = news.Where(one => one is PaymentNews.Paid).ToList();
        return paid.Count > 0 ? paid : [news.Find(one => one is PaymentNews.Pending) ?? new PaymentNews.Closed()];
    }

    /// <inheritdoc />
    public async Task CloseAsync(string orderNumber, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(orderNumber);
        foreach (var id in await _options.FindIntents!(orderNumber, cancellationToken).ConfigureAwait(false))
        {
            // Without an idempotency key: Stripe would repeat the "no" of a payment that was just being processed for a day.
            var answer = await _client.PostAsync(Path(id) + "/cancel", [new("cancellation_reason", "abandoned")], null, cancellationToken).ConfigureAwait(false);

            // What is paid, being processed or canceled cannot be canceled; the query that follows says which.
            if (answer.Status != HttpStatusCode.OK && StripeClient.Code(answer) != "payment_intent_unexpected_state")
            {
                throw _client.Unknown("cancellation", answer);
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>Stripe forgets idempotency keys after a day, so the refund's number is in its metadata too, and is looked for first.</remarks>
    public async Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(refund);
        if (await FindAsync(refund, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        var answer = await _client.PostAsync(
            "v1/refunds",
            [
                new("payment_intent", refund.TransactionId),
                new("amount", refund.Amount.ToString(CultureInfo.InvariantCulture)),
                new($"metadata[{RefundKey}]", refund.Number),
                new("metadata[reason]", refund.Reason),
            ],
            "refund-" + refund.Number,
            cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.OK)
        {
            using var json = EventJson.Parse(answer.Body, Answer);
            return Status(json.RootElement, refund);
        }

        return NoRefund.Contains(StripeClient.Code(answer)) ? RefundStatus.Refused : throw _client.Unknown("refund", answer);
    }

    private async Task<RefundStatus?> FindAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        var after = "";
        for (var page = 0; page < MaxPages; page++)
        {
            var answer = await _client.GetAsync($"v1/refunds?limit=100&payment_intent={Uri.EscapeDataString(refund.TransactionId)}{after}", cancellationToken).ConfigureAwait(false);
            if (answer.Status != HttpStatusCode.OK)
            {
                throw _client.Unknown("list of refunds", answer);
            }

            using var json = EventJson.Parse(answer.Body, Answer);
            var list = EventJson.Part(json.RootElement, "data");
            if (list.ValueKind != JsonValueKind.Array)
            {
                throw new InvalidDataException($"{Answer} has no data.");
            }

            foreach (var one in list.EnumerateArray())
            {
                if (EventJson.Text(EventJson.Part(one, "metadata"), RefundKey) == refund.Number)
                {
                    return Status(one, refund);
                }

                after = "&starting_after=" + Uri.EscapeDataString(EventJson.Need(one, "id", Answer));
            }

            if (EventJson.Part(json.RootElement, "has_more").ValueKind != JsonValueKind.True)
            {
                return null;
            }
        }

        throw new InvalidDataException($"Stripe lists more than {MaxPages * 100} refunds of {refund.TransactionId}.");
    }

    private static RefundStatus Status(JsonElement answer, PaymentRefund refund)
    {
        if (EventJson.NeedNumber(answer, "amount", Answer) != refund.Amount || Upper(EventJson.Need(answer, "currency", Answer)) != refund.Currency
            || EventJson.Need(answer, "payment_intent", Answer) != refund.TransactionId)
        {
            throw new InvalidDataException($"Stripe's refund {refund.Number} is of another payment, amount or currency.");
        }

        return EventJson.Text(answer, "status") switch
        {
            "succeeded" => RefundStatus.Done,
            "pending" or "requires_action" => RefundStatus.Pending,
            "failed" or "canceled" => RefundStatus.Refused,
            var word => throw Word(word),
        };
    }

    private PaymentNews News(JsonElement intent, string id, string orderNumber)
    {
        if (EventJson.Need(intent, "id", Answer) != id || OrderOf(intent) != orderNumber)
        {
            throw new InvalidDataException($"PaymentIntent {id} is not of order {orderNumber}: its metadata has to have {_options.OrderKey}.");
        }

        return EventJson.Text(intent, "status") switch
        {
            "succeeded" => Paid(intent, _options.Account),
            "requires_payment_method" or "requires_confirmation" or "requires_action" or "requires_capture" or "processing" => new PaymentNews.Pending(),
            "canceled" => new PaymentNews.Closed(),
            var word => throw Word(word),
        };
    }

    private PaymentNews.Paid Paid(JsonElement intent, string account) => new(
        OrderOf(intent)!, EventJson.Need(intent, "id", Answer), account, EventJson.NeedNumber(intent, "amount_received", Answer), Upper(EventJson.Need(intent, "currency", Answer)));

    private string? OrderOf(JsonElement intent) => EventJson.Text(EventJson.Part(intent, "metadata"), _options.OrderKey);

    private static string Path(string id) => "v1/payment_intents/" + Uri.EscapeDataString(id);

    private static string Upper(string currency) => currency.ToUpperInvariant();

    private static InvalidDataException Word(string? word) => new($"Stripe says '{word}', which nobody has translated.");
}
