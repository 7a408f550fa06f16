using Consistency.Kit.Payments;
using Consistency.Kit.States;

namespace Consistency.Kit.Conformance.Payments;

/// <summary>The contract of a ledger of payments: whoever tells of them, and however often, each order is decided once.</summary>
public abstract class PaymentLedgerConformance
{
    private static readonly string[] Causes = ["callback", "query", "statement"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty ledger. The suite disposes it.</summary>
    protected abstract ValueTask<PaymentsFixture> CreateAsync();

    [Fact]
    public Task Callback_query_and_statement_at_once_pay_an_order_once() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 9).Select(i => SettleAsync(ledger, i, "o1", "t1")));
        Assert.Single(outcomes.OfType<PaymentSettlement.Settled>());
        Assert.Equal(8, outcomes.OfType<PaymentSettlement.Repeated>().Count());
        Assert.Equal(PaymentState.Paid, await ledger.ReadAsync("o1", Token));
        Assert.Equal(1, await ledger.CountMovesAsync("o1", Token));
        Assert.Equal(["paid"], await ledger.ToldAsync("o1", Token));
        Assert.Empty(await ledger.RefundsAsync("o1", Token));
    });

    [Fact]
    public Task Of_two_payments_at_once_one_pays_and_the_other_goes_back_once() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => SettleAsync(ledger, i, "o1", $"t{i / 2 % 2}")));
        Assert.Single(outcomes.OfType<PaymentSettlement.Settled>());
        var refunding = Assert.Single(outcomes.OfType<PaymentSettlement.Refunding>());
        Assert.Equal(PaymentKind.Surplus, refunding.Kind);
        Assert.Equal((refunding.RefundNumber, 100, RefundStatus.Pending), Assert.Single(await ledger.RefundsAsync("o1", Token)));
        Assert.Equal(["paid"], await ledger.ToldAsync("o1", Token));
        Assert.Equal(1, await ledger.CountMovesAsync("o1", Token));
    });

    [Fact]
    public Task What_comes_after_the_close_goes_back_once() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        await ledger.CloseAsync(0, "o1", Token);
        await ledger.CloseAsync(1, "o1", Token);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => SettleAsync(ledger, i, "o1", "t1")));
        Assert.Equal(PaymentKind.Late, Assert.Single(outcomes.OfType<PaymentSettlement.Refunding>()).Kind);
        Assert.Single(await ledger.RefundsAsync("o1", Token));
        Assert.Equal(PaymentState.Closed, await ledger.ReadAsync("o1", Token));
        Assert.Equal(["closed"], await ledger.ToldAsync("o1", Token));
    });

    [Fact]
    public Task A_close_and_a_payment_at_once_agree_on_one_of_them() => WithLedgerAsync(async ledger =>
    {
        for (var i = 0; i < 4; i++)
        {
            var order = $"o{i}";
            await ledger.ExpectAsync(order, Token);
            await Task.WhenAll(ledger.CloseAsync(i % 2, order, Token), SettleAsync(ledger, i + 1, order, $"t{i}"));
            var isPaid = await ledger.ReadAsync(order, Token) == PaymentState.Paid;
            Assert.Equal([isPaid ? "paid" : "closed"], await ledger.ToldAsync(order, Token));
            Assert.Equal(isPaid ? 0 : 1, (await ledger.RefundsAsync(order, Token)).Count);
        }
    });

    [Fact]
    public Task What_contradicts_moves_nothing() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        var paid = PaymentProbe.Paid("o1", "t1");
        foreach (var (provider, news) in ((string, PaymentNews.Paid)[])
            [(PaymentProbe.Name, paid with { Amount = 99 }), (PaymentProbe.Name, paid with { Amount = 101 }), (PaymentProbe.Name, paid with { Currency = "USD" }), (PaymentProbe.Name, paid with { Merchant = "another" }), ("another", paid)])
        {
            Assert.IsType<PaymentSettlement.Mismatch>(await ledger.SettleAsync(0, provider, news, new StateCause("query"), Token));
        }

        Assert.IsType<PaymentSettlement.UnknownOrder>(await SettleAsync(ledger, 0, "o2", "t1"));
        Assert.Equal(PaymentState.Awaiting, await ledger.ReadAsync("o1", Token));
        Assert.Empty(await ledger.ToldAsync("o1", Token));
        Assert.IsType<PaymentSettlement.Settled>(await SettleAsync(ledger, 0, "o1", "t1"));
    });

    [Fact]
    public Task What_the_handler_throws_undoes_the_payment() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        ledger.Provider.OnPaid = _ => throw new InvalidDataException("Not now.");
        await Assert.ThrowsAsync<InvalidDataException>(() => SettleAsync(ledger, 0, "o1", "t1"));
        Assert.Equal((PaymentState.Awaiting, 0), (await ledger.ReadAsync("o1", Token), await ledger.CountMovesAsync("o1", Token)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => ledger.SettleAsync(0, PaymentProbe.Name, PaymentProbe.Paid("o1", "t1"), new StateCause("timeout"), Token));
        ledger.Provider.OnPaid = static _ => { };
        Assert.IsType<PaymentSettlement.Settled>(await SettleAsync(ledger, 1, "o1", "t1"));
        Assert.Equal(["paid"], await ledger.ToldAsync("o1", Token));
    });

    [Fact]
    public Task Refunds_at_once_all_count_and_never_exceed_the_payment() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        Assert.Equal(RefundRequested.NotPaid, await ledger.RefundAsync(0, "o1", "r0", 1, Token));
        await SettleAsync(ledger, 0, "o1", "t1");
        var asked = ((string Number, long Amount)[])[("r1", 30), ("r1", 30), ("r2", 30), ("r3", 60), ("r4", 60)];
        var answers = await Task.WhenAll(asked.Select((refund, i) => ledger.RefundAsync(i % 2, "o1", refund.Number, refund.Amount, Token)));
        var made = await ledger.RefundsAsync("o1", Token);
        Assert.Equal(answers.Count(answer => answer == RefundRequested.Accepted), made.Count);
        Assert.InRange(made.Sum(refund => refund.Amount), 60, 100);
        Assert.True(answers[0] != RefundRequested.Accepted || answers[1] != RefundRequested.Accepted);
        var (number, amount, _) = made[0];
        Assert.Equal(RefundRequested.Repeated, await ledger.RefundAsync(0, "o1", number, amount, Token));
        Assert.Equal(RefundRequested.NumberTaken, await ledger.RefundAsync(1, "o1", number, amount + 1, Token));
        await ledger.ExpectAsync("o2", Token);
        await SettleAsync(ledger, 0, "o2", "t2");
        Assert.Equal(RefundRequested.NumberTaken, await ledger.RefundAsync(0, "o2", number, amount, Token));
    });

    [Fact]
    public Task Two_partial_refunds_are_both_made_and_the_rest_only_once() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        await SettleAsync(ledger, 0, "o1", "t1");
        Assert.Equal(RefundRequested.Accepted, await ledger.RefundAsync(0, "o1", "r1", 40, Token));
        Assert.Equal(RefundRequested.Accepted, await ledger.RefundAsync(1, "o1", "r2", 40, Token));
        Assert.Equal(RefundRequested.ExceedsPayment, await ledger.RefundAsync(0, "o1", "r3", 21, Token));
        await ledger.MakeRefundAsync("r1", Token);
        await ledger.MakeRefundAsync("r2", Token);
        Assert.Equal(RefundRequested.ExceedsPayment, await ledger.RefundAsync(0, "o1", "r3", 21, Token));
        Assert.Equal(RefundRequested.Accepted, await ledger.RefundAsync(0, "o1", "r4", 20, Token));
        Assert.Equal(["r1", "r2"], ledger.Provider.Refunds.Select(refund => refund.Number));
        Assert.All(ledger.Provider.Refunds, refund => Assert.Equal((40, 100, "CNY", "t1"), (refund.Amount, refund.Total, refund.Currency, refund.TransactionId)));
    });

    [Fact]
    public Task A_refused_refund_gives_its_amount_back_and_takes_it_again_only_while_it_is_there() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        await SettleAsync(ledger, 0, "o1", "t1");
        await ledger.RefundAsync(0, "o1", "r1", 60, Token);
        ledger.Provider.RefundStatus = RefundStatus.Refused;
        await ledger.MakeRefundAsync("r1", Token);
        Assert.Equal(RefundStatus.Refused, (await ledger.RefundsAsync("o1", Token))[0].Status);

        // An operator has it tried again.
        ledger.Provider.RefundStatus = RefundStatus.Pending;
        await ledger.MakeRefundAsync("r1", Token);
        Assert.Equal(RefundRequested.ExceedsPayment, await ledger.RefundAsync(0, "o1", "r2", 60, Token));
        ledger.Provider.RefundStatus = RefundStatus.Refused;
        await ledger.MakeRefundAsync("r1", Token);
        Assert.Equal(RefundRequested.Accepted, await ledger.RefundAsync(0, "o1", "r2", 60, Token));
        ledger.Provider.RefundStatus = RefundStatus.Done;
        await ledger.MakeRefundAsync("r1", Token);
        await ledger.MakeRefundAsync("r2", Token);
        Assert.Equal([("r1", 60, RefundStatus.Refused), ("r2", 60, RefundStatus.Done)], await ledger.RefundsAsync("o1", Token));
        Assert.Equal(["r1", "r1", "r1", "r2"], ledger.Provider.Refunds.Select(refund => refund.Number));
    });

    private static Task<PaymentSettlement> SettleAsync(PaymentsFixture ledger, int i, string order, string transaction) =>
        ledger.SettleAsync(i % 2, PaymentProbe.Name, PaymentProbe.Paid(order, transaction), new StateCause(Causes[i % Causes.Length], $"{order}-{i}"), Token);

    private async Task WithLedgerAsync(Func<PaymentsFixture, Task> test)
    {
        await using var ledger = await CreateAsync();
        await test(ledger);
    }
}
