using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Stock;

namespace Consistency.Kit.Tests.Conformance;

public sealed class MemoryStockConformance : StockConformance
{
    protected override ValueTask<StockFixture> CreateAsync() => ValueTask.FromResult<StockFixture>(new MemoryFixture());

    private sealed class MemoryFixture : StockFixture
    {
        internal MemoryFixture()
        {
            var memory = new MemoryStock();
            Store = new StockStore { Name = "memory", Stock = memory, Sales = memory, Upkeep = memory };
        }

        public override StockStore Store { get; }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
