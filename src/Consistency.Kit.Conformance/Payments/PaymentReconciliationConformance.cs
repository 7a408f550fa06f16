using System.Runtime.CompilerServices;
using Consistency.Kit.Payments;
using Consistency.Kit.States;
using static Consistency.Kit.Payments.PaymentDriftKind;
using static Consistency.Kit.Payments.PaymentStatementLine;

namespace Consistency.Kit.Conformance.Payments;

/// <summary>The contract of comparing statements with a ledger: each difference is named, and a statement alone is never believed.</summary>
public abstract class PaymentReconciliationConformance
{
    // What is noted now is old enough to be missed in a statement of this day.
    private static readonly DateOnly Day = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty ledger. The suite disposes it.</summary>
    protected abstract ValueTask<PaymentsFixture> CreateAsync();

    [Fact]
    public Task What_agrees_is_no_difference_however_often_it_is_compared() => WithLedgerAsync(async ledger =>
    {
        await PayAsync(ledger, 1, 2);
        await ledger.RefundAsync(0, "o1", "r1", 30, Token);
        await ledger.MakeRefundAsync("r1", Token);
        for (var time = 0; time < 3; time++)
        {
            var report = await CompareAsync(ledger, time > 0, Line(1), Line(2), Back(1, "r1", 30));
            Assert.Equal((3, 0, 0), (report.Lines, report.Drifts.Count, report.Unsteady.Count));
        }
    });

    [Fact]
    public Task Each_difference_has_its_kind_and_nothing_is_written_without_repair() => WithLedgerAsync(async ledger =>
    {
        await PayAsync(ledger, 1, 2, 3, 4, 5);
        await ledger.ExpectAsync("o6", Token);
        ledger.Provider.Pay("o6", "t6");
        foreach (var (number, amount) in ((string, long)[])[("r1", 10), ("r2", 20), ("r3", 30)])
        {
            await ledger.RefundAsync(0, "o1", number, amount, Token);
        }

        await ledger.MakeRefundAsync("r1", Token);
        var asked = ledger.Provider.Refunds.Count;
        PaymentStatementLine[] lines =
        [
            Line(2) with { Amount = 99 }, Line(3) with { Currency = "USD" }, Line(4) with { OrderNumber = "o9" }, Line(5), Line(5), Line(6), Back(1, "r2", 20), Back(1, "r3", 31), Back(1, "by hand", 5),
        ];
        List<(PaymentDriftKind Kind, string Number, bool IsRepaired)> expected =
        [
            (MissingHere, "t6", false), (MissingThere, "t1", false), (AmountDiffers, "r3", false), (AmountDiffers, "t2", false), (CurrencyDiffers, "t3", false), (OrderDiffers, "t4", false),
            (RefundMissingHere, "by hand", false), (RefundMissingThere, "r1", false), (RefundOpenHere, "r2", false), (Duplicate, "t5", false),
        ];
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(expected, Kinds(await CompareAsync(ledger, repair: false, lines)));
        }

        Assert.Equal(PaymentState.Awaiting, await ledger.ReadAsync("o6", Token));
        Assert.Equal(asked, ledger.Provider.Refunds.Count);

        // With repair: what the provider confirms when it is asked, and nothing else.
        var repaired = expected.ConvertAll(one => one with { IsRepaired = one.Number is "t6" or "r2" });
        Assert.Equal(repaired, Kinds(await CompareAsync(ledger, repair: true, lines)));
        Assert.Equal(PaymentState.Paid, await ledger.ReadAsync("o6", Token));
        Assert.Equal(["paid"], await ledger.ToldAsync("o6", Token));
        Assert.Equal([("r1", 10, RefundStatus.Done), ("r2", 20, RefundStatus.Done), ("r3", 30, RefundStatus.Pending)], await ledger.RefundsAsync("o1", Token));
        expected.RemoveAll(one => one.Number is "t6" or "r2");
        Assert.Equal(expected, Kinds(await CompareAsync(ledger, repair: true, lines)));
    });

    [Fact]
    public Task A_statement_alone_is_not_believed() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        Assert.Equal([(MissingHere, "t1", false)], Kinds(await CompareAsync(ledger, repair: true, Line(1))));
        ledger.Provider.OnQuery = _ => throw new TimeoutException("No answer.");
        var report = await CompareAsync(ledger, repair: true, Line(1));
        Assert.Equal(["t1"], report.Unsteady);
        Assert.Equal([(MissingHere, "t1", false)], Kinds(report));
        ledger.Provider.OnQuery = static _ => { };
        ledger.Provider.Pay("unknown", "t2");
        Assert.Equal([(MissingHere, "t2", false)], Kinds(await CompareAsync(ledger, repair: true, Line(2) with { OrderNumber = "unknown" })));
        Assert.Equal(PaymentState.Awaiting, await ledger.ReadAsync("o1", Token));
    });

    [Fact]
    public Task What_is_missing_here_and_not_needed_goes_back() => WithLedgerAsync(async ledger =>
    {
        await PayAsync(ledger, 1);
        ledger.Provider.Pay("o1", "t2");
        Assert.Equal([(MissingHere, "t2", true)], Kinds(await CompareAsync(ledger, repair: true, Line(1), Line(2) with { OrderNumber = "o1" })));
        Assert.Single(await ledger.RefundsAsync("o1", Token));
    });

    [Fact]
    public Task Around_midnight_a_payment_is_in_one_of_the_statements_and_missed_only_when_it_is_in_none() => WithLedgerAsync(async ledger =>
    {
        await PayAsync(ledger, 1, 2);
        await CompareAsync(ledger, repair: true, Day.AddDays(-3), Line(1));
        Assert.Empty((await CompareAsync(ledger, repair: true, Day.AddDays(-2))).Drifts);
        Assert.Equal([(MissingThere, "t2", false)], Kinds(await CompareAsync(ledger, repair: true, Day)));

        // Longer than the look-back ago.
        Assert.Empty((await CompareAsync(ledger, repair: true, Day.AddDays(8))).Drifts);
        Assert.Equal([(Duplicate, "t1", false)], Kinds(await CompareAsync(ledger, repair: true, Day.AddDays(8), Line(1))));
    });

    [Fact]
    public Task A_statement_that_is_not_whole_or_another_merchants_changes_nothing() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        ledger.Provider.Pay("o1", "t1");
        await Assert.ThrowsAsync<InvalidDataException>(() => ledger.ReconcileAsync(0, Day, Torn(Line(1)), Options(true), Token));
        var strict = Options(true);
        strict.MaxDrifts = 2;
        await Assert.ThrowsAsync<InvalidDataException>(() => ledger.ReconcileAsync(0, Day, Whole(Line(1), Line(2), Line(3)), strict, Token));
        strict = Options(true);
        strict.MaxLines = 2;
        await Assert.ThrowsAsync<InvalidDataException>(() => ledger.ReconcileAsync(0, Day, Whole(Line(1), Line(2), Line(3)), strict, Token));
        Assert.Equal(PaymentState.Awaiting, await ledger.ReadAsync("o1", Token));
    });

    [Fact]
    public Task A_statement_and_a_callback_at_once_pay_an_order_once() => WithLedgerAsync(async ledger =>
    {
        await ledger.ExpectAsync("o1", Token);
        var paid = ledger.Provider.Pay("o1", "t1");
        await Task.WhenAll(
            CompareAsync(ledger, repair: true, Line(1)),
            ledger.ReconcileAsync(1, Day, Whole(Line(1)), Options(true), Token),
            ledger.SettleAsync(1, PaymentProbe.Name, paid, new StateCause("callback", "e1"), Token));
        Assert.Equal(["paid"], await ledger.ToldAsync("o1", Token));
        Assert.Empty(await ledger.RefundsAsync("o1", Token));
    });

    private static Payment Line(int number) => new($"o{number}", $"t{number}", 100, "CNY", default);

    private static Refund Back(int number, string refund, long amount) => new($"o{number}", $"t{number}", refund, amount, "CNY", default, true);

    private static PaymentReconciliationOptions Options(bool repair) => new() { Repair = repair };

    private static async Task PayAsync(PaymentsFixture ledger, params int[] numbers)
    {
        foreach (var number in numbers)
        {
            await ledger.ExpectAsync($"o{number}", Token);
            await ledger.SettleAsync(0, PaymentProbe.Name, ledger.Provider.Pay($"o{number}", $"t{number}"), new StateCause("query"), Token);
        }
    }

    private static Task<PaymentReport> CompareAsync(PaymentsFixture ledger, bool repair, params PaymentStatementLine[] lines) => CompareAsync(ledger, repair, Day, lines);

    private static Task<PaymentReport> CompareAsync(PaymentsFixture ledger, bool repair, DateOnly day, params PaymentStatementLine[] lines) =>
        ledger.ReconcileAsync(0, day, Whole(lines), Options(repair), Token);

    private static List<(PaymentDriftKind Kind, string Number, bool IsRepaired)> Kinds(PaymentReport report) =>
        [.. report.Drifts.Select(drift => (drift.Kind, drift.Number, drift.IsRepaired)).OrderBy(drift => drift.Kind).ThenBy(drift => drift.Number, StringComparer.Ordinal)];

    private static async IAsyncEnumerable<PaymentStatementLine> Whole(params PaymentStatementLine[] lines)
    {
        await Task.Yield();
        foreach (var line in lines)
        {
            yield return line;
        }
    }

    private static async IAsyncEnumerable<PaymentStatementLine> Torn(PaymentStatementLine line, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        yield return line;
        throw new InvalidDataException("The totals do not fit.");
    }

    private async Task WithLedgerAsync(Func<PaymentsFixture, Task> test)
    {
        await using var ledger = await CreateAsync();
        await test(ledger);
    }
}
