using Consistency.Kit.EntityFrameworkCore.Payments.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Payments;
using Consistency.Kit.States;
using Consistency.Kit.TestServers;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Payments;

public sealed class PaymentTests
{
    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

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
    public Task A_refusal_raises_an_alert_and_an_operator_has_it_tried_again_under_its_number() => WithShopAsync(Engine.Postgres, async (shop, provider, alerts) =>
    {
        await shop.ExpectAsync("o1");
        provider.Pay("o1", "t1");
        await shop.UntilAsync("o1", PaymentState.Paid);
        provider.OnRefund = static () => RefundStatus.Refused;
        await shop.UseAsync(async db => Assert.Equal(RefundRequested.Accepted, await db.RefundPaymentAsync("o1", "r1", 40, "returned")));
        await Eventually.UntilAsync(() => Task.FromResult(alerts.All.Count == 1), PayingShop.Patience, "the alert");
        Assert.True(alerts.All.TryPeek(out var parked));
        Assert.Contains("refuses refund r1", parked.Error, StringComparison.Ordinal);
        provider.OnRefund = static () => RefundStatus.Done;
        await shop.Services.GetRequiredService<IWorkOperations>().RetryAsync(parked.Id, new OperatorNote("operator", "topped up"), TestContext.Current.CancellationToken);
        await shop.UntilRefundedAsync(1);
        Assert.Equal((40L, 2), Assert.Single(provider.Refunds).Value);
    });

    [Fact]
    public async Task Yesterdays_statement_is_compared_daily_and_days_that_were_missed_with_it()
    {
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        var (provider, statements, name) = (new FakeProvider(), new FakeStatements(), "consistency-reconcile-payments/" + FakeProvider.Name);
        await using var shop = await PayingShop.StartAsync(database, provider, configure: payments => payments
            .Reconcile(FakeProvider.Name, _ => statements, new TimeOnly(10, 30), TimeZoneInfo.Utc, options => options.Repair = true), services: services => services.AddSingleton<IPaymentReports>(statements));
        await shop.ExpectAsync("o1");
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        await shop.UseAsync(async db =>
        {
            db.Add(new PaymentRow { Provider = FakeProvider.Name, TransactionId = "t0", OrderNumber = "o0", Currency = "CNY", StatedOn = today.AddDays(-4) });
            await db.SaveChangesAsync();
        });
        statements.OnRead = day =>
        {
            if (day != today.AddDays(-3))
            {
                return [];
            }

            provider.Pay("o1", "t1");
            return [new PaymentStatementLine.Payment("o1", "t1", 100, "CNY", default), new PaymentStatementLine.Payment("o1", "t9", 100, "CNY", default)];
        };
        var store = shop.Services.GetRequiredService<WorkStore>();
        WorkSnapshot? recurring = null;
        await Eventually.UntilAsync(async () => (recurring = await store.Reader.FindByKeyAsync("recurring/" + name, name, default)) is not null, PayingShop.Patience, "the job is there");
        await shop.Services.GetRequiredService<IWorkOperations>().RescheduleAsync(recurring!.Id, TimeProvider.System.GetUtcNow().AddSeconds(-1), new OperatorNote("test", "now"), default);
        await Eventually.UntilAsync(() => Task.FromResult(statements.Reports.Any(report => report.Day >= today.AddDays(-1))), PayingShop.Patience, "yesterday is compared");
        await shop.UntilAsync("o1", PaymentState.Paid);
        var reports = statements.Reports.ToList();
        Assert.Equal(Enumerable.Range(0, reports.Count).Select(i => today.AddDays(i - 3)), reports.Select(report => report.Day));
        Assert.Contains(reports[0].Drifts, drift => drift is { Kind: PaymentDriftKind.MissingHere, Number: "t9", IsRepaired: false });
        await shop.UseAsync(async db => Assert.Equal(today.AddDays(-3), (await db.Set<PaymentRow>().SingleAsync(row => row.TransactionId == "t1")).StatedOn));
    }

    [Fact]
    public async Task A_reconciliation_that_cannot_be_is_told_when_it_is_added()
    {
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        Task StartAsync(string name, Action<PaymentReconciliationOptions>? options = null, bool twice = false) => PayingShop.StartAsync(database, new FakeProvider(), start: false, configure: payments =>
        {
            for (var time = 0; time < (twice ? 2 : 1); time++)
            {
                payments.Reconcile(name, _ => new FakeStatements(), default, TimeZoneInfo.Utc, options);
            }
        });
        Assert.Contains("p.Provider(\"nobody\"", (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync("nobody"))).Message, StringComparison.Ordinal);
        Assert.Contains("MaxDrifts", (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(FakeProvider.Name, options => options.MaxDrifts = 0))).Message, StringComparison.Ordinal);
        Assert.Contains("twice", (await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(FakeProvider.Name, twice: true))).Message, StringComparison.Ordinal);
    }

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
