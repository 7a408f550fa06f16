using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Consuming;

public abstract class PoisonTests(Engine engine)
{
    [Fact]
    public async Task A_failing_message_holds_its_own_key_only_and_is_tried_again_in_order()
    {
        var failures = 2;
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(database, Behaviour.FailingOn("a", 1, () => failures-- > 0));
        await shop.PublishAsync("a", 1, 2, 3);
        await shop.PublishAsync("b", 1, 2);
        await shop.HasDoneAsync("b", 1, 2);
        await shop.HasDoneAsync("a", 1, 2, 3);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task A_parked_message_keeps_its_key_until_it_is_requeued_and_then_goes_first()
    {
        var poisonous = true;
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(database, Behaviour.FailingOn("a", 1, () => poisonous));
        await shop.PublishAsync("a", 1, 2);
        var parked = await shop.ParkedAsync();
        Assert.Equal(("record-order", 3, true), (parked.Consumer, parked.Attempts, parked.HoldsKey));
        Assert.Contains("poison", parked.Error, StringComparison.Ordinal);
        await shop.PublishAsync("a", 3);
        await shop.PublishAsync("b", 1);
        await shop.HasDoneAsync("b", 1);
        Assert.Empty(await shop.EffectsAsync("a"));

        poisonous = false;
        Assert.True(await shop.Store.Parked.RequeueAsync(parked.Id, default));
        await shop.HasDoneAsync("a", 1, 2, 3);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task A_discarded_message_lets_the_later_ones_go_in_order()
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(database, Behaviour.FailingOn("a", 1));
        await shop.PublishAsync("a", 1, 2, 3);
        Assert.True(await shop.Store.Parked.DiscardAsync((await shop.ParkedAsync()).Id, default));
        await shop.HasDoneAsync("a", 2, 3);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task With_continue_the_later_ones_go_on_in_order_and_the_requeued_one_comes_last()
    {
        var poisonous = true;
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(
            database, Behaviour.FailingOn("a", 1, () => poisonous), handler: handler => handler.OnPark(AfterPark.Continue));
        await shop.PublishAsync("a", 1, 2, 3);
        await shop.HasDoneAsync("a", 2, 3);
        poisonous = false;
        Assert.True(await shop.Store.Parked.RequeueAsync((await shop.ParkedAsync()).Id, default));
        await shop.HasDoneAsync("a", 2, 3, 1);
        await shop.DrainedAsync();
    }

    [Fact]
    public async Task An_error_with_text_that_no_database_takes_is_stored_all_the_same()
    {
        var unspeakable = "a\0b" + new string('\ud83d', 1) + new string('x', 994 - nameof(InvalidOperationException).Length) + "🔑🔑🔑";
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await HandlingShop.StartAsync(database, new Behaviour { OnOrder = (_, _) => throw new InvalidOperationException(unspeakable) });
        await shop.PublishAsync("a", 1);
        var parked = await shop.ParkedAsync();
        Assert.StartsWith("InvalidOperationException: a\ufffdb\ufffdx", parked.Error, StringComparison.Ordinal);
        Assert.InRange(parked.Error.Length, 995, 1_000);
    }
}

public sealed class SqlitePoisonTests() : PoisonTests(Engine.Sqlite);

public sealed class PostgresPoisonTests() : PoisonTests(Engine.Postgres);

public sealed class PortablePostgresPoisonTests() : PoisonTests(Engine.PortablePostgres);
