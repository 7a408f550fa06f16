using Consistency.Kit.Conformance.Callbacks;
using Consistency.Kit.Conformance.Payments;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PortableSqlitePaymentLedgerConformance : PaymentLedgerConformance
{
    protected override ValueTask<PaymentsFixture> CreateAsync() => EfPaymentsFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqlitePaymentReconciliationConformance : PaymentReconciliationConformance
{
    protected override ValueTask<PaymentsFixture> CreateAsync() => EfPaymentsFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteCallbackStoreConformance : CallbackStoreConformance
{
    protected override ValueTask<CallbacksFixture> CreateAsync() => EfCallbacksFixture.CreateAsync(Engine.PortableSqlite);
}
