using System.Text.RegularExpressions;

namespace Consistency.Kit.CrashShop.Tests;

/// <summary>The crash points of the engines, of the durable store and of the broker's client.</summary>
public static partial class CrashPointList
{
    public static readonly string[] Messaging =
    [
        "outbox.saving", "outbox.saved",
        "relay.renewing", "relay.renewed", "relay.sending", "relay.sent", "relay.deleting", "relay.deleted", "relay.holding", "relay.held",
        "inbox.claiming", "inbox.claimed", "inbox.handled", "inbox.committing", "inbox.committed", "inbox.holding", "inbox.held",
    ];

    public static readonly string[] Idempotency =
    [
        "idempotency.begun", "idempotency.committing", "idempotency.committed", "idempotency.claimed", "idempotency.answering", "idempotency.answered",
    ];

    public static readonly string[] Barrier = ["barrier.moved", "barrier.committing", "barrier.committed"];

    public static readonly string[] Kafka = ["kafka.received", "kafka.delivering", "kafka.delivered", "kafka.committing", "kafka.committed"];

    public static readonly string[] Work =
    [
        "work.adding", "work.added", "work.claiming", "work.claimed", "work.starting", "work.renewing", "work.renewed", "work.writing", "work.written",
        "work.committing", "work.committed", "work.releasing", "work.released", "work.signalling", "work.signalled", "work.collecting", "work.collected",
    ];

    public static readonly string[] Sagas = ["saga.appending", "saga.appended", "saga.calling", "saga.called", "saga.committed"];

    public static readonly string[] Tcc =
    [
        "tcc.beginning", "tcc.begun", "tcc.registering", "tcc.registered", "tcc.tried", "tcc.deciding", "tcc.decided", "tcc.asked", "tcc.ending", "tcc.ended",
    ];

    public static readonly string[] Payments =
    [
        "callback.storing", "callback.stored", "payment.committing", "payment.committed", "payment.closing", "payment.closed", "payment.refunding", "payment.refunded",
    ];

    public static readonly string[] Stock =
    [
        "stock.committing", "stock.committed", "stock.gate", "stock.taken", "stock.told", "stock.sweeping", "stock.swept",
        "stock.rebuild.raised", "stock.rebuild.begun", "stock.rebuild.loaded",
    ];

    public static IEnumerable<string> All => Messaging.Concat(Idempotency).Concat(Barrier).Concat(Kafka).Concat(Work).Concat(Sagas).Concat(Tcc).Concat(Payments).Concat(Stock);

    public static TheoryData<string> MessagingTheory => [.. Messaging];

    /// <summary>With the points around the save that schedules.</summary>
    public static TheoryData<string> WorkTheory => [.. Work, "outbox.saving", "outbox.saved"];

    /// <summary>With the points around a save, which is the middle of a request.</summary>
    public static TheoryData<string> IdempotencyTheory => [.. Idempotency, "outbox.saving", "outbox.saved"];

    /// <summary>With the point between an effect and its commit.</summary>
    public static TheoryData<string> SagaTheory => [.. Sagas, "work.committing"];

    /// <summary>With the points of the barrier in the other database.</summary>
    public static TheoryData<string> TwoDatabaseTheory => [.. Sagas, "work.committing", .. Barrier];

    public static TheoryData<string> PaymentTheory => [.. Payments];

    /// <summary>With the points of the participants' barriers.</summary>
    public static TheoryData<string> TccTheory => [.. Tcc, .. Barrier];

    /// <summary>Those in the sources.</summary>
    public static IEnumerable<string> InSources()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Consistency.Kit.sln")))
        {
            root = root.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        string[] packages = ["Consistency.Kit", "Consistency.Kit.EntityFrameworkCore", "Consistency.Kit.Kafka"];
        return packages
            .SelectMany(package => Directory.EnumerateFiles(Path.Combine(root.FullName, "src", package), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Point().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .Distinct()
            .Order(StringComparer.Ordinal);
    }

    [GeneratedRegex("CrashPoint\\.At\\(\"([^\"]+)\"\\)")]
    private static partial Regex Point();
}
