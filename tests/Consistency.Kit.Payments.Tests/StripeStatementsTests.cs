using System.Text;
using Consistency.Kit.Payments.Stripe;
using static Consistency.Kit.Payments.PaymentStatementLine;

namespace Consistency.Kit.Payments.Tests;

/// <summary>The columns are those of the official reference (docs.stripe.com/reports/report-types/balance).</summary>
public sealed class StripeStatementsTests
{
    private const string Header = "balance_transaction_id,created_utc,reporting_category,currency,gross,description,payment_intent_id,payment_metadata[order_number],refund_metadata[refund_number]";

    private static DateTimeOffset At { get; } = new(2026, 11, 21, 23, 59, 59, TimeSpan.Zero);

    [Fact]
    public async Task A_report_is_read_in_the_smallest_units_and_what_is_no_payment_is_left_out()
    {
        var lines = await ReadAsync(
            Header,
            "txn_1,2026-11-21 23:59:59,charge,usd,20.00,\"Tea, \"\"green\"\",\nand more\",pi_1,o1,",
            "txn_2,2026-11-21 23:59:59,charge,jpy,500,,pi_2,o2,",
            "txn_3,2026-11-21 23:59:59,refund,usd,-3.00,,pi_1,o1,r1",
            "txn_4,2026-11-21 23:59:59,fee,usd,-0.30,,,,",
            "txn_5,2026-11-21 23:59:59,charge,usd,9.00,a subscription,pi_5,,");
        Assert.Equal([new Payment("o1", "pi_1", 2_000, "USD", At), new Payment("o2", "pi_2", 500, "JPY", At), new Refund("o1", "pi_1", "r1", 300, "USD", At, true)], lines);
    }

    [Fact]
    public async Task What_the_customer_paid_counts_where_money_is_converted()
    {
        var lines = await ReadAsync(
            Header + ",customer_facing_currency,customer_facing_amount",
            "txn_1,2026-11-21 23:59:59,charge,usd,21.70,,pi_1,o1,,kwd,6.655",
            "txn_2,2026-11-21 23:59:59,refund,usd,-3.00,,pi_2,o2,r2,,");
        Assert.Equal([new Payment("o1", "pi_1", 6_655, "KWD", At), new Refund("o2", "pi_2", "r2", 300, "USD", At, true)], lines);
    }

    [Theory]
    [InlineData("", "no header")]
    [InlineData("created_utc,reporting_category\n2026-11-21 23:59:59,charge", "payment_metadata[order_number]")]
    [InlineData(Header + "\ntxn_1,2026-11-21 23:59:59,charge,usd", "fields")]
    [InlineData(Header + "\ntxn_1,yesterday,charge,usd,20.00,,pi_1,o1,", "yesterday")]
    [InlineData(Header + "\ntxn_1,2026-11-21 23:59:59,charge,jpy,20.5,,pi_1,o1,", "20.5")]
    [InlineData(Header + "\ntxn_1,2026-11-21 23:59:59,charge,usd,2e3,,pi_1,o1,", "2e3")]
    [InlineData(Header + "\ntxn_1,2026-11-21 23:59:59,charge,usd,20.00,\"open,pi_1,o1,", "quote")]
    public async Task What_cannot_be_read_is_told(string report, string named) =>
        Assert.Contains(named, (await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(report))).Message, StringComparison.Ordinal);

    private static async Task<List<PaymentStatementLine>> ReadAsync(params string[] lines) =>
        await new StripeStatements((_, _) => ValueTask.FromResult<Stream>(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', lines)))))
            .ReadAsync(new DateOnly(2026, 11, 21), TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
}
