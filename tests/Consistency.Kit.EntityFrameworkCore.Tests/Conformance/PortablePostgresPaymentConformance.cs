using Consistency.Kit.Conformance.Callbacks;
using Consistency.Kit.Conformance.Payments;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PortablePostgresPaymentLedgerConformance : PaymentLedgerConformance
{
    protected override ValueTask<PaymentsFixture> CreateAsync() => EfPaymentsFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresPaymentReconciliationConformance : PaymentReconciliationConformance
{
    protected override ValueTask<PaymentsFixture> CreateAsync() => EfPaymentsFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresCallbackStoreConformance : CallbackStoreConformance
{
    protected override ValueTask<CallbacksFixture> CreateAsync() => EfCallbacksFixture.CreateAsync(Engine.PortablePostgres);
}
