using Consistency.Kit.Conformance.Callbacks;
using Consistency.Kit.Conformance.Payments;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PostgresPaymentLedgerConformance : PaymentLedgerConformance
{
    protected override ValueTask<PaymentsFixture> CreateAsync() => EfPaymentsFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresPaymentReconciliationConformance : PaymentReconciliationConformance
{
    protected override ValueTask<PaymentsFixture> CreateAsync() => EfPaymentsFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresCallbackStoreConformance : CallbackStoreConformance
{
    protected override ValueTask<CallbacksFixture> CreateAsync() => EfCallbacksFixture.CreateAsync(Engine.Postgres);
}
