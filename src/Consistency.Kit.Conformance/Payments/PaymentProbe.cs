using System.Collections.Concurrent;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments;

namespace Consistency.Kit.Conformance.Payments;

/// <summary>A provider in memory, which believes every callback. What it has is decided by the suite.</summary>
public sealed class PaymentProbe : IPaymentProvider, ICallbackVerifier
{
    /// <summary>The name under which backends add it.</summary>
    public const string Name = "probe";

    /// <summary>Who is paid.</summary>
    public const string Merchant = "shop";

    private readonly ConcurrentDictionary<string, ConcurrentQueue<PaymentNews.Paid>> _paid = new(StringComparer.Ordinal);

    /// <summary>Called by the application's handler, in its transaction, with the order that is paid.</summary>
    public Action<string> OnPaid { get; set; } = static _ => { };

    /// <summary>Called before a query is answered.</summary>
    public Action<string> OnQuery { get; set; } = static _ => { };

    /// <summary>The refunds that were asked for.</summary>
    public ConcurrentQueue<PaymentRefund> Refunds { get; } = new();

    /// <summary>What it says of refunds.</summary>
    public RefundStatus RefundStatus { get; set; } = RefundStatus.Done;

    /// <inheritdoc />
    public IReadOnlyList<string> Headers { get; } = [];

    /// <inheritdoc />
    public CallbackReply Accepted { get; } = new(200);

    /// <inheritdoc />
    public CallbackReply Refused { get; } = new(400);

    /// <summary>A payment of 100 CNY, as the provider tells of it.</summary>
    public static PaymentNews.Paid Paid(string order, string transaction) => new(order, transaction, Merchant, 100, "CNY");

    /// <summary>Puts a payment into the provider's books.</summary>
    public PaymentNews.Paid Pay(string order, string transaction)
    {
        var paid = Paid(order, transaction);
        _paid.GetOrAdd(order, _ => new()).Enqueue(paid);
        return paid;
    }

    /// <inheritdoc />
    public PaymentNews Read(StoredCallback callback) => new PaymentNews.Other();

    /// <inheritdoc />
    public Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken)
    {
        OnQuery(orderNumber);
        return Task.FromResult<IReadOnlyList<PaymentNews>>(_paid.TryGetValue(orderNumber, out var paid) ? [.. paid] : [new PaymentNews.Closed()]);
    }

    /// <inheritdoc />
    public Task CloseAsync(string orderNumber, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public Task<RefundStatus> RefundAsync(PaymentRefund refund, CancellationToken cancellationToken)
    {
        Refunds.Enqueue(refund);
        return Task.FromResult(RefundStatus);
    }

    /// <inheritdoc />
    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken) => ValueTask.FromResult<CallbackVerdict>(new CallbackVerdict.Forged(CallbackRefusal.NoSignature));
}
