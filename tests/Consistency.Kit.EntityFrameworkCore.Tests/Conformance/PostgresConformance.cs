using Consistency.Kit.Conformance.Idempotency;
using Consistency.Kit.Conformance.Messaging;
using Consistency.Kit.Conformance.States;
using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PostgresOutboxReaderConformance : OutboxReaderConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresOutboxLeasesConformance : OutboxLeasesConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresOutboxHoldsConformance : OutboxHoldsConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresInboxConformance : InboxConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresInboxHoldsConformance : InboxHoldsConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresParkedMessagesConformance : ParkedMessagesConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresIdempotencyClaimsConformance : IdempotencyClaimsConformance
{
    protected override ValueTask<IdempotencyStoreFixture> CreateAsync() => EfIdempotencyStoreFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresBarrierConformance : BarrierConformance
{
    protected override ValueTask<BarrierFixture> CreateAsync() => EfBarrierFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresStatesConformance : StatesConformance
{
    protected override ValueTask<StatesFixture> CreateAsync() => EfStatesFixture.CreateAsync(Engine.Postgres);
}

public sealed class PostgresStockConformance : StockConformance
{
    protected override ValueTask<StockFixture> CreateAsync() => EfStockFixture.CreateAsync(Engine.Postgres);
}
