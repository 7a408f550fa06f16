using Consistency.Kit.Conformance.Idempotency;
using Consistency.Kit.Conformance.Messaging;
using Consistency.Kit.Conformance.States;
using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class SqliteOutboxReaderConformance : OutboxReaderConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteOutboxLeasesConformance : OutboxLeasesConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteOutboxHoldsConformance : OutboxHoldsConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteInboxConformance : InboxConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteInboxHoldsConformance : InboxHoldsConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteParkedMessagesConformance : ParkedMessagesConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteIdempotencyClaimsConformance : IdempotencyClaimsConformance
{
    protected override ValueTask<IdempotencyStoreFixture> CreateAsync() => EfIdempotencyStoreFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteBarrierConformance : BarrierConformance
{
    protected override ValueTask<BarrierFixture> CreateAsync() => EfBarrierFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteStatesConformance : StatesConformance
{
    protected override ValueTask<StatesFixture> CreateAsync() => EfStatesFixture.CreateAsync(Engine.Sqlite);
}

public sealed class SqliteStockConformance : StockConformance
{
    protected override ValueTask<StockFixture> CreateAsync() => EfStockFixture.CreateAsync(Engine.Sqlite);
}
