using Consistency.Kit.Conformance.Idempotency;
using Consistency.Kit.Conformance.Messaging;
using Consistency.Kit.Conformance.States;
using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PortableSqliteOutboxReaderConformance : OutboxReaderConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteOutboxLeasesConformance : OutboxLeasesConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteOutboxHoldsConformance : OutboxHoldsConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteInboxConformance : InboxConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteInboxHoldsConformance : InboxHoldsConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteParkedMessagesConformance : ParkedMessagesConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteIdempotencyClaimsConformance : IdempotencyClaimsConformance
{
    protected override ValueTask<IdempotencyStoreFixture> CreateAsync() => EfIdempotencyStoreFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteBarrierConformance : BarrierConformance
{
    protected override ValueTask<BarrierFixture> CreateAsync() => EfBarrierFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteStatesConformance : StatesConformance
{
    protected override ValueTask<StatesFixture> CreateAsync() => EfStatesFixture.CreateAsync(Engine.PortableSqlite);
}

public sealed class PortableSqliteStockConformance : StockConformance
{
    protected override ValueTask<StockFixture> CreateAsync() => EfStockFixture.CreateAsync(Engine.PortableSqlite);
}
