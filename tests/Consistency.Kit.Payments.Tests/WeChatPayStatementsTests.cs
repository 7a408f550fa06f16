using System.Net;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Payments.WeChatPay;
using static Consistency.Kit.Payments.PaymentStatementLine;

namespace Consistency.Kit.Payments.Tests;

public sealed class WeChatPayStatementsTests
{
    private const string Header = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注";
    private const string Totals = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";

    /// <summary>A bill that WeChat Pay has made, and the hash that it gave: from the tests of an SDK for Go. It has a byte order mark and ends lines as Windows does.</summary>
    private const string PublishedHash = "dcd7ceb3d382a1181798368bb15d8437de46c00f";

    private static readonly byte[] Published = Bill(
        "`2021-01-28 17:07:11,`wx81be3101902f7cb2,`1601959334,`0,`,`4200000925202101284997714292,`S20210128170702357723,`ofyak5qR_1wYsC99CsWA6R9MJazA,`NATIVE,`SUCCESS,`OTHERS,`CNY,`0.01,`0.00,`0,`0,`0.00,`0.00,`,`,`for testing,`cipher code,`0.00000,`1.00%,`0.01,`0.00,`",
        "`2021-01-28 15:35:18,`wx81be3101902f7cb2,`1601959334,`0,`,`4200000910202101282955148400,`S20210128153505214586,`ofyak5qR_1wYsC99CsWA6R9MJazA,`NATIVE,`SUCCESS,`OTHERS,`CNY,`0.01,`0.00,`0,`0,`0.00,`0.00,`,`,`for testing,`cipher code,`0.00000,`1.00%,`0.01,`0.00,`",
        "`2021-01-28 16:59:46,`wx81be3101902f7cb2,`1601959334,`0,`,`4200000926202101281412639609,`S20210128165824499930,`ofyak5qR_1wYsC99CsWA6R9MJazA,`NATIVE,`SUCCESS,`OTHERS,`CNY,`0.01,`0.00,`0,`0,`0.00,`0.00,`,`,`for testing,`cipher code,`0.00000,`1.00%,`0.01,`0.00,`",
        Totals,
        "`3,`0.03,`0.00,`0.00,`0.00000,`0.03,`0.00");

    [Fact]
    public async Task The_published_bill_is_read_and_has_its_hash()
    {
        var lines = await ReadAsync(Published, PublishedHash);
        Assert.Equal(3, lines.Count);
        Assert.Equal(new Payment("S20210128170702357723", "4200000925202101284997714292", 1, "CNY", new DateTimeOffset(2021, 1, 28, 17, 7, 11, TimeSpan.FromHours(8))), lines[0]);
    }

    [Fact]
    public async Task Payments_are_counted_before_coupons_and_refunds_as_they_were_asked_for_and_names_may_have_commas()
    {
        var lines = await ReadAsync(Bill(
            Row("t1", "o1", "SUCCESS", "90.00", "0", "", "100.00", "0.00", name: "Tea, green, 100 g"),
            Row("t1", "o1", "REFUND", "0.00", "r1", "SUCCESS", "0.00", "30.50"),
            Row("t1", "o1", "REFUND", "0.00", "r2", "PROCESSING", "0.00", "1.00"),
            Row("t1", "o1", "REFUND", "0.00", "r3", "FAIL", "0.00", "1.00"),
            Totals,
            "`4,`90.00,`0.00,`0.00,`0.00000,`100.00,`32.50"));
        Assert.Equal(
            [new Payment("o1", "t1", 10_000, "CNY", At), new Refund("o1", "t1", "r1", 3_050, "CNY", At, true), new Refund("o1", "t1", "r2", 100, "CNY", At, false)],
            lines);
    }

    [Theory]
    [InlineData("the hash", "00")]
    [InlineData("the end is missing", null)]
    [InlineData("a row is missing", null)]
    [InlineData("an amount", null)]
    [InlineData("the refunds", null)]
    [InlineData("rows behind the totals", null)]
    [InlineData("a new word", null)]
    [InlineData("an old header", null)]
    [InlineData("fields are missing", null)]
    [InlineData("an endless line", null)]
    [InlineData("nothing", null)]
    public async Task A_bill_that_is_not_whole_is_none(string what, string? hash)
    {
        var row = Row("t1", "o1", "SUCCESS", "1.00", "0", "", "1.00", "0.00");
        const string one = "`1,`1.00,`0.00,`0.00,`0.00000,`1.00,`0.00";
        var bill = what switch
        {
            "the hash" => Bill(row, Totals, one),
            "the end is missing" => Bill(row, Totals),
            "a row is missing" => Bill(row, Totals, one.Replace("`1,", "`2,", StringComparison.Ordinal)),
            "an amount" => Bill(row, Totals, one.Replace("`1.00,`0.00", "`1.01,`0.00", StringComparison.Ordinal).Replace("`1.00,", "`1.01,", StringComparison.Ordinal)),
            "the refunds" => Bill(row, Totals, one[..^4] + "0.01"),
            "rows behind the totals" => Bill(row, Totals, one, row),
            "a new word" => Bill(row.Replace("SUCCESS", "MOON", StringComparison.Ordinal), Totals, one),
            "an old header" => Encoding.UTF8.GetBytes($"a,b,c\r\n{row}\r\n"),
            "fields are missing" => Bill("`2021-01-28 17:07:11,`x", Totals, one),
            "an endless line" => Encoding.UTF8.GetBytes(new string('x', 100_000)),
            _ => [],
        };
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(bill, hash));
    }

    [Fact]
    public async Task A_bill_is_fetched_with_signed_requests_from_the_address_in_a_signed_answer()
    {
        var wire = new StubWire(seen => seen.Path.StartsWith("/v3/bill/tradebill", StringComparison.Ordinal)
            ? WeChatPayProviderTests.Signed(HttpStatusCode.OK, $$"""{"hash_type":"SHA1","hash_value":"{{PublishedHash}}","download_url":"https://api.mch.weixin.qq.com/v3/billdownload/file?token=xyz"}""")
            : new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Published) });
        Assert.Equal(3, (await FetchAsync(wire)).Count);
        Assert.Equal(["/v3/bill/tradebill?bill_date=2021-01-28&bill_type=ALL", "/v3/billdownload/file?token=xyz"], wire.Requests.Select(seen => seen.Path));
        Assert.All(wire.Requests, seen => Assert.True(WeChatPayProviderTests.IsSigned(seen)));
    }

    [Fact]
    public async Task A_day_without_trades_has_no_lines_and_a_bill_that_is_not_made_yet_is_asked_for_again()
    {
        Assert.Empty(await FetchAsync(new StubWire(_ => WeChatPayProviderTests.Signed(HttpStatusCode.BadRequest, """{"code":"NO_STATEMENT_EXIST"}"""))));
        await Assert.ThrowsAsync<HttpRequestException>(() => FetchAsync(new StubWire(_ => WeChatPayProviderTests.Signed(HttpStatusCode.BadRequest, """{"code":"STATEMENT_CREATING"}"""))));
    }

    private static DateTimeOffset At { get; } = new(2026, 11, 21, 23, 59, 59, TimeSpan.FromHours(8));

    private static byte[] Bill(params string[] lines) => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(string.Concat(lines.Prepend(Header).Select(line => line + "\r\n")))];

    private static string Row(string transaction, string order, string state, string settled, string refund, string refundState, string amount, string refunded, string name = "Tea") =>
        $"`2026-11-21 23:59:59,`wx,`1900,`0,`,`{transaction},`{order},`u,`NATIVE,`{state},`OTHERS,`CNY,`{settled},`0.00,`0,`{refund},`0.00,`0.00,`ORIGINAL,`{refundState},`{name},`,`0.00000,`1.00%,`{amount},`{refunded},`";

    private static async Task<List<PaymentStatementLine>> ReadAsync(byte[] bill, string? hash = null) =>
        await WeChatPayStatements.ReadAsync(new MemoryStream(bill), hash ?? Sha1(bill), TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

    private static async Task<List<PaymentStatementLine>> FetchAsync(StubWire wire) =>
        await new WeChatPayStatements(WeChatPayProviderTests.Options(), wire.Client("https://api.mch.weixin.qq.com/"), TimeProvider.System)
            .ReadAsync(new DateOnly(2021, 1, 28), TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

#pragma warning disable CA5350 // The provider's choice.
    private static string Sha1(byte[] bytes) => Convert.ToHexString(SHA1.HashData(bytes));
#pragma warning restore CA5350
}
