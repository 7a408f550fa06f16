using Consistency.Kit.Conformance;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class EntityFrameworkCoreConformanceCoverage : ConformanceCoverage
{
    protected override IReadOnlyList<string> Stores => Enum.GetNames<Engine>();

    protected override IReadOnlyList<string> IdempotencyStores => Enum.GetNames<Engine>();

    protected override IReadOnlyList<string> Barriers => Enum.GetNames<Engine>();

    protected override IReadOnlyList<string> WorkStores => Enum.GetNames<Engine>();

    protected override IReadOnlyList<string> SagaStores => Enum.GetNames<Engine>();

    protected override IReadOnlyList<string> StateStores => Enum.GetNames<Engine>();

    protected override IReadOnlyList<string> StockStores => Enum.GetNames<Engine>();

    protected override IReadOnlyList<string> PaymentLedgers => Enum.GetNames<Engine>();

    protected override IReadOnlyList<string> CallbackStores => Enum.GetNames<Engine>();
}
