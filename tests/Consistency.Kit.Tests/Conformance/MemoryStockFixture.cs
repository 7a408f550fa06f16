using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Stock;

namespace Consistency.Kit.Tests.Conformance;

internal sealed class MemoryStockFixture : StockFixture
{
    internal MemoryStockFixture()
    {
        var memory = new MemoryStock();
        Store = new StockStore { Name = "memory", Stock = memory, Sales = memory, Upkeep = memory, Rebuild = memory.Rebuild };
    }

    public override StockStore Store { get; }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
