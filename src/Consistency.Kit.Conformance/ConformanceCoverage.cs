using Consistency.Kit.Conformance.Callbacks;
using Consistency.Kit.Conformance.Idempotency;
using Consistency.Kit.Conformance.Messaging;
using Consistency.Kit.Conformance.Payments;
using Consistency.Kit.Conformance.Sagas;
using Consistency.Kit.Conformance.States;
using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.Conformance.Work;

namespace Consistency.Kit.Conformance;

/// <summary>Fails while a backend lacks a suite. Derive it once per test assembly.</summary>
public abstract class ConformanceCoverage
{
    /// <summary>All suites a store has to pass.</summary>
    public static IReadOnlyList<Type> StoreSuites { get; } =
    [
        typeof(OutboxReaderConformance),
        typeof(OutboxLeasesConformance),
        typeof(OutboxHoldsConformance),
        typeof(InboxConformance),
        typeof(InboxHoldsConformance),
        typeof(ParkedMessagesConformance),
    ];

    /// <summary>All suites a transport has to pass.</summary>
    public static IReadOnlyList<Type> TransportSuites { get; } = [typeof(TransportConformance)];

    /// <summary>All suites a store of idempotency keys has to pass.</summary>
    public static IReadOnlyList<Type> IdempotencySuites { get; } = [typeof(IdempotencyClaimsConformance)];

    /// <summary>All suites a store of durable work has to pass.</summary>
    public static IReadOnlyList<Type> WorkSuites { get; } =
    [
        typeof(WorkIntakeConformance),
        typeof(WorkClaimsConformance),
        typeof(WorkProgressConformance),
        typeof(WorkInterventionsConformance),
        typeof(WorkSignalsConformance),
        typeof(WorkRegistryConformance),
        typeof(WorkExpiryConformance),
    ];

    /// <summary>All suites a store of durable work has to pass that keeps sagas and TCCs.</summary>
    public static IReadOnlyList<Type> SagaSuites { get; } = [typeof(SagaConformance), typeof(TccConformance)];

    /// <summary>All suites a barrier has to pass.</summary>
    public static IReadOnlyList<Type> BarrierSuites { get; } = [typeof(BarrierConformance)];

    /// <summary>All suites a store of states has to pass.</summary>
    public static IReadOnlyList<Type> StateSuites { get; } = [typeof(StatesConformance)];

    /// <summary>All suites a store of stock has to pass.</summary>
    public static IReadOnlyList<Type> StockSuites { get; } = [typeof(StockConformance)];

    /// <summary>All suites a store of stock has to pass that can be rebuilt from a ledger.</summary>
    public static IReadOnlyList<Type> StockRebuildSuites { get; } = [typeof(StockRebuildConformance)];

    /// <summary>All suites a ledger of payments has to pass.</summary>
    public static IReadOnlyList<Type> PaymentSuites { get; } = [typeof(PaymentLedgerConformance), typeof(PaymentReconciliationConformance)];

    /// <summary>All suites a store of callbacks has to pass.</summary>
    public static IReadOnlyList<Type> CallbackSuites { get; } = [typeof(CallbackStoreConformance)];

    /// <summary>The stores that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> Stores => [];

    /// <summary>The transports that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> Transports => [];

    /// <summary>The stores of idempotency keys that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> IdempotencyStores => [];

    /// <summary>The stores of durable work that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> WorkStores => [];

    /// <summary>The stores of sagas and TCCs that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> SagaStores => [];

    /// <summary>The barriers that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> Barriers => [];

    /// <summary>The stores of states that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> StateStores => [];

    /// <summary>The stores of stock that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> StockStores => [];

    /// <summary>The stores of stock that can be rebuilt and are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> RebuiltStockStores => [];

    /// <summary>The ledgers of payments that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> PaymentLedgers => [];

    /// <summary>The stores of callbacks that are tested in this assembly, as the names of their classes begin.</summary>
    protected virtual IReadOnlyList<string> CallbackStores => [];

    [Fact]
    public void Every_backend_passes_through_every_suite()
    {
        Assert.True(Stores.Count + Transports.Count + IdempotencyStores.Count + WorkStores.Count + SagaStores.Count + Barriers.Count + StateStores.Count + StockStores.Count + PaymentLedgers.Count + CallbackStores.Count > 0, "Name the backends of this assembly.");
        Assert.Empty(Missing());
    }

    [Fact]
    public void Every_suite_of_this_package_is_asked_for() => Assert.Equal(
        typeof(ConformanceCoverage).Assembly.GetExportedTypes()
            .Where(type => type.IsAbstract && type.Name.EndsWith("Conformance", StringComparison.Ordinal) && type != typeof(StoreConformance) && type != typeof(WorkConformance))
            .Select(type => type.Name).Order(StringComparer.Ordinal),
        StoreSuites.Concat(TransportSuites).Concat(IdempotencySuites).Concat(WorkSuites).Concat(SagaSuites).Concat(BarrierSuites).Concat(StateSuites).Concat(StockSuites).Concat(StockRebuildSuites).Concat(PaymentSuites).Concat(CallbackSuites).Select(type => type.Name).Order(StringComparer.Ordinal));

    private List<string> Missing()
    {
        var runnable = GetType().Assembly.GetExportedTypes().Where(type => !type.IsAbstract).ToList();
        var wanted = Stores.SelectMany(store => StoreSuites.Select(suite => (store + suite.Name, suite)))
            .Concat(Transports.SelectMany(transport => TransportSuites.Select(suite => (transport + suite.Name, suite))))
            .Concat(IdempotencyStores.SelectMany(store => IdempotencySuites.Select(suite => (store + suite.Name, suite))))
            .Concat(WorkStores.SelectMany(store => WorkSuites.Select(suite => (store + suite.Name, suite))))
            .Concat(SagaStores.SelectMany(store => SagaSuites.Select(suite => (store + suite.Name, suite))))
            .Concat(Barriers.SelectMany(barrier => BarrierSuites.Select(suite => (barrier + suite.Name, suite))))
            .Concat(StateStores.SelectMany(store => StateSuites.Select(suite => (store + suite.Name, suite))))
            .Concat(StockStores.SelectMany(store => StockSuites.Select(suite => (store + suite.Name, suite))))
            .Concat(RebuiltStockStores.SelectMany(store => StockRebuildSuites.Select(suite => (store + suite.Name, suite))))
            .Concat(PaymentLedgers.SelectMany(ledger => PaymentSuites.Select(suite => (ledger + suite.Name, suite))))
            .Concat(CallbackStores.SelectMany(store => CallbackSuites.Select(suite => (store + suite.Name, suite))));
        return
        [
            .. wanted.Where(pair => !runnable.Exists(type => type.Name == pair.Item1 && pair.suite.IsAssignableFrom(type)))
                .Select(pair => $"public sealed class {pair.Item1} : {pair.suite.Name}"),
        ];
    }
}
