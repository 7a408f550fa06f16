using Consistency.Kit.EntityFrameworkCore.Stock.Internal;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Stock;

public sealed class PlentifulItemsTests(PostgresLedger shop) : IClassFixture<PostgresLedger>
{
    [Fact]
    public async Task An_item_is_plentiful_once_its_parts_are_known_and_not_for_a_while_after_it_ran_short()
    {
        var sale = (await shop.OpenAsync(("a", 10), ("b", 10), ("c", 10))).Name;
        var time = new Ticks();
        var items = new PlentifulItems(time);
        Task<bool> HasAllAsync(string lines) => shop.UseAsync(db => items.HasAllAsync(db, Takings(sale, lines), default).AsTask());

        Assert.Equal(1, items.PartsOf(sale, "a"));
        Assert.True(await HasAllAsync("a 1 b 2"));
        Assert.Equal(StockBuckets.Count, items.PartsOf(sale, "a"));
        Assert.False(await HasAllAsync("a 1 unheard-of 1"));

        items.RanShort(Takings(sale, "a 1 b 2"));
        Assert.False(await HasAllAsync("b 1 c 1"));
        Assert.True(await HasAllAsync("c 1"));
        time.Now += 11 * time.TimestampFrequency;
        Assert.True(await HasAllAsync("a 1 b 1"));
    }

    private static List<StockSaleTakings> Takings(string sale, string lines) =>
        [new StockSaleTakings(sale, [new StockTaking(new StockFactRow { Sale = sale, OrderId = "o", Lines = lines }, IsBack: false)])];

    private sealed class Ticks : TimeProvider
    {
        internal long Now { get; set; }

        public override long GetTimestamp() => Now;
    }
}
