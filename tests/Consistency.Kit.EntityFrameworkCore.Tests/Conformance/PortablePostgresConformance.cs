using Consistency.Kit.Conformance.Idempotency;
using Consistency.Kit.Conformance.Messaging;
using Consistency.Kit.Conformance.States;
using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

public sealed class PortablePostgresOutboxReaderConformance : OutboxReaderConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresOutboxLeasesConformance : OutboxLeasesConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresOutboxHoldsConformance : OutboxHoldsConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresInboxConformance : InboxConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresInboxHoldsConformance : InboxHoldsConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresParkedMessagesConformance : ParkedMessagesConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => EfStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresIdempotencyClaimsConformance : IdempotencyClaimsConformance
{
    protected override ValueTask<IdempotencyStoreFixture> CreateAsync() => EfIdempotencyStoreFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresBarrierConformance : BarrierConformance
{
    protected override ValueTask<BarrierFixture> CreateAsync() => EfBarrierFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresStatesConformance : StatesConformance
{
    protected override ValueTask<StatesFixture> CreateAsync() => EfStatesFixture.CreateAsync(Engine.PortablePostgres);
}

public sealed class PortablePostgresStockConformance : StockConformance
{
    protected override ValueTask<StockFixture> CreateAsync() => EfStockFixture.CreateAsync(Engine.PortablePostgres);
}
