using Consistency.Kit.EntityFrameworkCore.Payments.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Payments;
using Consistency.Kit.States;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Payments;

public sealed class PaymentTests
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public Task Callback_query_and_statement_at_once_pay_an_order_once(Engine engine) => WithShopAsync(engine, async (shop, provider, _) =>
    {
        await shop.ExpectAsync("o1");
        var paid = provider.Pay("o1", "t1");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => i % 2 == 0
            ? (Task)shop.CallBackAsync($"e{i / 4}", paid)
            : shop.UseAsync(db => db.SettlePaymentAsync(FakeProvider.Name, paid, new StateCause("statement")))));
        await shop.UntilAsync("o1", PaymentState.Paid);
        await shop.UseAsync(async db => Assert.IsType<PaymentSettlement.Repeated>(await db.SettlePaymentAsync(FakeProvider.Name, paid, new StateCause("query"))));
        Assert.Equal(["paid o1"], await shop.ToldAsync());
        Assert.Empty(provider.Refunds);
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public Task A_payment_that_nobody_tells_of_is_found_by_asking(Engine engine) => WithShopAsync(engine, async (shop, provider, _) =>
    {
        await shop.ExpectAsync("o1");
        provider.Pay("o1", "t1");
        await shop.UntilAsync("o1", PaymentState.Paid);
        Assert.Equal(["paid o1"], await shop.ToldAsync());
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public Task A_second_payment_is_refunded_once_whoever_finds_it(Engine engine) => WithShopAsync(engine, async (shop, provider, _) =>
    {
        await shop.ExpectAsync("o1");
        provider.Pay("o1", "t1");
        await shop.UntilAsync("o1", PaymentState.Paid);
        var second = provider.Pay("o1", "t2");
        await Task.WhenAll(shop.CallBackAsync("e1", second), shop.CallBackAsync("e2", second));
        await shop.UntilRefundedAsync(1);
        await shop.UseAsync(async db => Assert.IsType<PaymentSettlement.Repeated>(await db.SettlePaymentAsync(FakeProvider.Name, second, new StateCause("query"))));
        Assert.Equal(100, Assert.Single(provider.Refunds).Value.Amount);
        Assert.Equal(["paid o1"], await shop.ToldAsync());
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public Task An_order_whose_time_is_up_is_closed_at_the_provider_first_and_late_money_goes_back(Engine engine) => WithShopAsync(engine, async (shop, provider, _) =>
    {
        await shop.ExpectAsync("o1", TimeSpan.Zero);
        await shop.UntilAsync("o1", PaymentState.Closed);
        Assert.Contains("o1", provider.Closed);
        Assert.Equal(["closed o1"], await shop.ToldAsync());
        provider.Pay("o1", "t1");
        await shop.UntilRefundedAsync(1);
        Assert.Single(provider.Refunds);
        Assert.Equal(["closed o1"], await shop.ToldAsync());
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public Task Money_that_comes_while_the_order_is_closed_pays_it(Engine engine) => WithShopAsync(engine, async (shop, provider, _) =>
    {
        provider.Closing = order =>
        {
            provider.Closing = static _ => { };
            provider.Pay(order, "t1");
        };
        await shop.ExpectAsync("o1", TimeSpan.Zero);
        await shop.UntilAsync("o1", PaymentState.Paid);
        Assert.Equal(["paid o1"], await shop.ToldAsync());
        Assert.Empty(provider.Refunds);
    });

    [Theory]
    [InlineData("amount")]
    [InlineData("currency")]
    [InlineData("merchant")]
    public Task A_payment_that_contradicts_moves_nothing_and_raises_an_alert(string what) => WithShopAsync(Engine.Postgres, async (shop, provider, alerts) =>
    {
        await shop.ExpectAsync("o1");
        var paid = new PaymentNews.Paid("o1", "t1", what == "merchant" ? "another" : "shop", what == "amount" ? 99 : 100, what == "currency" ? "USD" : "CNY");
        await shop.CallBackAsync("e1", paid);
        await Eventually.UntilAsync(() => Task.FromResult(alerts.All.Count == 1), PayingShop.Patience, "the alert");
        Assert.True(alerts.All.TryPeek(out var parked));
        Assert.Contains("quarantine", parked.Error, StringComparison.Ordinal);
        await shop.UseAsync(async db =>
        {
            Assert.Equal(0, await db.Set<PaymentRow>().CountAsync());
            Assert.Equal(PaymentState.Awaiting, (await db.Set<PaymentOrderRow>().SingleAsync()).State);
        });
        Assert.Empty(await shop.ToldAsync());
    });

    [Fact]
    public Task A_callback_for_an_order_that_is_not_here_yet_waits_for_it() => WithShopAsync(Engine.Postgres, async (shop, provider, _) =>
    {
        await shop.CallBackAsync("e1", new PaymentNews.Paid("o1", "t1", "shop", 100, "CNY"));
        await shop.ExpectAsync("o1");
        await shop.UntilAsync("o1", PaymentState.Paid);
        Assert.Equal(["paid o1"], await shop.ToldAsync());
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public Task Partial_refunds_of_one_order_all_count_and_never_exceed_the_payment(Engine engine) => WithShopAsync(engine, async (shop, provider, _) =>
    {
        await shop.ExpectAsync("o1");
        provider.Pay("o1", "t1");
        await shop.UntilAsync("o1", PaymentState.Paid);
        Task<RefundRequested> RefundAsync(string number, long amount) => shop.UseAsync(db => db.RefundPaymentAsync("o1", number, amount, "returned"));
        var answers = await Task.WhenAll(RefundAsync("r1", 30), RefundAsync("r1", 30), RefundAsync("r2", 30), RefundAsync("r3", 60));
        Assert.Equal(RefundRequested.Repeated, await RefundAsync("r1", 30));
        Assert.Equal(RefundRequested.NumberTaken, await RefundAsync("r1", 31));
        Assert.Equal(RefundRequested.ExceedsPayment, await RefundAsync("r4", 71));
        var accepted = answers.Count(answer => answer == RefundRequested.Accepted);
        await shop.UntilRefundedAsync(accepted);
        Assert.Equal(2, accepted);
        Assert.True(provider.Refunds.Values.Sum(refund => refund.Amount) <= 100);
        Assert.True(provider.Refunds.ContainsKey("r1"));
    });

    [Fact]
    public Task A_refund_is_asked_for_under_its_one_number_until_it_is_decided() => WithShopAsync(Engine.Postgres, async (shop, provider, _) =>
    {
        await shop.ExpectAsync("o1");
        provider.Pay("o1", "t1");
        await shop.UntilAsync("o1", PaymentState.Paid);
        var times = 0;
        provider.OnRefund = () => Interlocked.Increment(ref times) switch { 1 => throw new TimeoutException("No answer."), 2 => RefundStatus.Pending, _ => RefundStatus.Done };
        await shop.UseAsync(async db => Assert.Equal(RefundRequested.Accepted, await db.RefundPaymentAsync("o1", "r1", 40, "returned")));
        await shop.UntilRefundedAsync(1);
        Assert.Equal((40L, 3), Assert.Single(provider.Refunds).Value);
    });

    [Fact]
    public Task Misuse_is_told_with_its_cure() => WithShopAsync(Engine.Sqlite, (shop, _, _) => shop.UseAsync(async db =>
    {
        var unknown = Assert.Throws<InvalidOperationException>(() => db.ExpectPayment(new ExpectedPayment { OrderNumber = "o", Provider = "nobody", Merchant = "shop", Amount = 1, Currency = "CNY" }));
        Assert.Contains("p.Provider(\"nobody\"", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => db.ExpectPayment(new ExpectedPayment { OrderNumber = "o", Provider = FakeProvider.Name, Merchant = "shop", Amount = 0, Currency = "CNY" }));
        Assert.Equal(RefundRequested.NotPaid, await db.RefundPaymentAsync("nothing", "r1", 1, "none"));
        Assert.IsType<PaymentSettlement.UnknownOrder>(await db.SettlePaymentAsync(FakeProvider.Name, new PaymentNews.Paid("nothing", "t", "shop", 1, "CNY"), new StateCause("query")));
    }));

    private static async Task WithShopAsync(Engine engine, Func<Shop, FakeProvider, PaymentAlerts, Task> test)
    {
        await using var database = await Database.CreateAsync(engine);
        var (provider, alerts) = (new FakeProvider(), new PaymentAlerts());
        await using var shop = await PayingShop.StartAsync(database, provider, alerts);
        await test(shop, provider, alerts);
    }
}
