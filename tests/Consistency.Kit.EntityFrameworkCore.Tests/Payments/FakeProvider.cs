using System.Collections.Concurrent;
using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Payments;

/// <summary>A provider in memory, which believes every callback. What is paid is decided by the test.</summary>
internal sealed class FakeProvider : IPaymentProvider, ICallbackVerifier
{
    internal const string Name = "fake";

    private readonly ConcurrentDictionary<string, List<PaymentNews.Paid>> _paid = new();
    private readonly ConcurrentDictionary<string, bool> _closed = new();

    internal ConcurrentDictionary<string, (long Amount, int Asked)> Refunds { get; } = new();

    /// <summary>Runs when an order is about to be closed: money may come at this moment.</summary>
    internal Action<string> Closing { get; set; } = static _ => { };

    internal Func<RefundStatus> OnRefund { get; set; } = static () => RefundStatus.Done;

    internal ConcurrentQueue<string> Closed { get; } = new();

    public IReadOnlyList<string> Headers { get; } = [];

    public CallbackReply Accepted { get; } = new(200);

    public CallbackReply Refused { get; } = new(400);

    internal PaymentNews.Paid Pay(string order, string transaction, long amount = 100, string currency = "CNY", string merchant = "shop")
    {
        var paid = new PaymentNews.Paid(order, transaction, merchant, amount, currency);
        lock (_paid)
        {
            _paid.GetOrAdd(order, _ => []).Add(paid);
        }

        return paid;
    }

    public Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken)
    {
        lock (_paid)
        {
            return Task.FromResult<IReadOnlyList<PaymentNews>>(_paid.TryGetValue(orderNumber, out var paid) ? [.. paid]
                : _closed.ContainsKey(orderNumber) ? [new PaymentNews.Closed()]
                : [new PaymentNews.Pending()]);
        }
    }

    public Task CloseAsync(string orderNumber, CancellationToken cancellationToken)
    {
        Closing(orderNumber);
        lock (_paid)
        {
            if (!_paid.ContainsKey(orderNumber))
            {
                _closed[orderNumber] = true;
            }
        }

        Closed.Enqueue(orderNumber);
        return Task.CompletedTask;
    }

    public Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        Refunds.AddOrUpdate(refund.Number, (refund.Amount, 1), (_, known) => (known.Amount, known.Asked + 1));
        return Task.FromResult(OnRefund());
    }

    public PaymentNews Read(StoredCallback callback)
    {
        var parts = Encoding.UTF8.GetString(callback.Body.Span).Split('|');
        return new PaymentNews.Paid(parts[1], parts[2], parts[3], long.Parse(parts[4], System.Globalization.CultureInfo.InvariantCulture), parts[5]);
    }

    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken) =>
        ValueTask.FromResult<CallbackVerdict>(new CallbackVerdict.Genuine(Encoding.UTF8.GetString(request.Body.Span).Split('|')[0], "paid"));

    internal static byte[] Callback(string eventId, PaymentNews.Paid paid) =>
        Encoding.UTF8.GetBytes($"{eventId}|{paid.OrderNumber}|{paid.TransactionId}|{paid.Merchant}|{paid.Amount}|{paid.Currency}");
}
