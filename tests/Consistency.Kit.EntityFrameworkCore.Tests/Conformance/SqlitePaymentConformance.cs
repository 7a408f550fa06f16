using Consistency.Kit.Conformance.Callbacks;
using Consistency.Kit.Conformance.Payments;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class SqlitePaymentLedgerConformance : PaymentLedgerConformance
{
    protected override ValueTask<PaymentsFixture> CreateAsync() => EfPaymentsFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqlitePaymentReconciliationConformance : PaymentReconciliationConformance
{
    protected override ValueTask<PaymentsFixture> CreateAsync() => EfPaymentsFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteCallbackStoreConformance : CallbackStoreConformance
{
    protected override ValueTask<CallbacksFixture> CreateAsync() => EfCallbacksFixture.CreateAsync(Engine.Sqlite);
}
