using System.Diagnostics;
using Consistency.Kit.Diagnostics;
using Shop.Stocks;

namespace Shop.Chaos;

/// <summary>Kills its own process with SIGKILL when the engines reach the point it was armed for.</summary>
internal sealed class CrashSwitch(Tally tally) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    /// <summary>Before and after each durable write that happens all the time.</summary>
    private static readonly string[] Points =
    [
        "outbox.saving", "outbox.saved",
        "relay.sending", "relay.sent", "relay.deleting", "relay.deleted",
        "inbox.claiming", "inbox.claimed", "inbox.handled", "inbox.committing", "inbox.committed", "inbox.holding", "inbox.held",
        "idempotency.begun", "idempotency.committing", "idempotency.committed", "idempotency.sending",
        "idempotency.claimed", "idempotency.answering", "idempotency.answered",
        "work.committing", "work.committed",
    ];

    /// <summary>The same of a saga whose steps commit with its progress.</summary>
    private static readonly string[] SagaPoints =
    [
        "saga.calling", "saga.called", "saga.committed", "saga.appending", "saga.appended",
        "work.writing", "work.written", "work.signalling", "work.signalled",
    ];

    /// <summary>The same of a TCC with branches in the shop's own database.</summary>
    private static readonly string[] TccPoints =
    [
        "tcc.beginning", "tcc.begun", "tcc.registering", "tcc.registered", "tcc.tried", "tcc.deciding", "tcc.decided", "tcc.asked", "tcc.ending", "tcc.ended",
        "barrier.moved", "barrier.committing", "barrier.committed",
    ];

    /// <summary>The same of stock that has its ledger in the database.</summary>
    private static readonly string[] StockPoints = ["stock.gate", "stock.taken", "stock.told"];

    internal static IReadOnlyList<string> PointsOf(ShopSettings settings) =>
    [
        .. Points,
        .. settings.Checkout switch
        {
            CheckoutKind.Saga => SagaPoints,
            CheckoutKind.Tcc => TccPoints,
            _ => [],
        },
        .. settings.Stock == StockKind.Database ? [] : StockPoints,
    ];

    private volatile string? _armed;

    internal void Arm(string point) => _armed = point;

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == CrashPoint.ListenerName)
        {
            value.Subscribe(this, name => name == _armed);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        tally.Count(Fact.CrashPointsHit);
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
