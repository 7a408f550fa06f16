using Consistency.Kit.Conformance.Stock;

namespace Consistency.Kit.Tests.Conformance;

public sealed class MemoryStockConformance : StockConformance
{
    protected override ValueTask<StockFixture> CreateAsync() => ValueTask.FromResult<StockFixture>(new MemoryStockFixture());
}

public sealed class MemoryStockRebuildConformance : StockRebuildConformance
{
    protected override ValueTask<StockFixture> CreateAsync() => ValueTask.FromResult<StockFixture>(new MemoryStockFixture());
}
