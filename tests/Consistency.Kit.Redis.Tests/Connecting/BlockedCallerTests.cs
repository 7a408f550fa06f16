using Consistency.Kit.Redis.Tests.Conformance;
using Consistency.Kit.Redis.Tests.Support;
using Consistency.Kit.Stock;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.Redis.Tests.Connecting;

public sealed class BlockedCallerTests(RedisFixture redis)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly StockOrder Order = new("sale", "order");

    /// <summary>Such as a caller that waits in SQLite for the writer, who waits for Redis.</summary>
    [Fact]
    public async Task Who_blocks_after_a_call_holds_up_no_other_call()
    {
        RedisServer.Require();
        await using var fixture = await RedisStockFixture.CreateAsync(redis);
        var stock = fixture.Store.Stock;
        await stock.FindAsync(Order);
        Assert.True(await BlockAsync(() => stock.FindAsync(Order).AsTask()));
        Assert.True(await BlockAsync(() => fixture.Store.Upkeep.ListSalesAsync(default).AsTask()));
    }

    /// <returns>Whether a second call was answered while the one who waited for the first blocked its thread.</returns>
    private static async Task<bool> BlockAsync(Func<Task> call)
    {
        await call().ConfigureAwait(false);
        using var answered = new ManualResetEventSlim();
        var second = Task.Run(async () =>
        {
            await call().ConfigureAwait(false);
            answered.Set();
        });
        var isAnswered = answered.Wait(Deadline);
        await second.ConfigureAwait(false);
        return isAnswered;
    }
}
