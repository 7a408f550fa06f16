using System.IO.Compression;
using System.Net;
using System.Text;
using Consistency.Kit.Payments.Alipay;
using static Consistency.Kit.Payments.PaymentStatementLine;

namespace Consistency.Kit.Payments.Tests;

/// <summary>The bill has the shape of those that merchants have published: GBK in a ZIP file, remarks, tabs behind numbers.</summary>
public sealed class AlipayStatementsTests
{
    private const string Header = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注";
    private static readonly Encoding Gbk = CodePagesEncodingProvider.Instance.GetEncoding(936)!;

    private static DateTimeOffset At { get; } = new(2017, 8, 31, 0, 6, 15, TimeSpan.FromHours(8));

    [Fact]
    public async Task A_bill_is_read()
    {
        var lines = await ReadAsync(Archive(Text(Row("t1", "o1", "交易", "20.00", "\t"), Row("t1", "o1", "退款", "-5.50", "r1\t"))));
        Assert.Equal([new Payment("o1", "t1", 2_000, "CNY", At), new Refund("o1", "t1", "r1", 550, "CNY", At, true)], lines);
    }

    [Theory]
    [InlineData("the end is missing")]
    [InlineData("a payment is missing")]
    [InlineData("a refund is missing")]
    [InlineData("a new word")]
    [InlineData("a field too many")]
    [InlineData("two files")]
    [InlineData("no archive")]
    public async Task A_bill_that_is_not_whole_is_none(string what)
    {
        var (paid, refunded) = (Row("t1", "o1", "交易", "20.00", ""), Row("t1", "o1", "退款", "-5.50", "r1"));
        var archive = what switch
        {
            "the end is missing" => Archive(Text(paid, refunded).Split("#----", 3) is var parts ? parts[0] + "#----" + parts[1] : ""),
            "a payment is missing" => Archive(Text(paid, refunded).Replace("交易合计：1笔", "交易合计：2笔", StringComparison.Ordinal)),
            "a refund is missing" => Archive(Text(paid, refunded).Replace("退款合计：1笔", "退款合计：2笔", StringComparison.Ordinal)),
            "a new word" => Archive(Text(paid.Replace("交易", "月亮", StringComparison.Ordinal), refunded)),
            "a field too many" => Archive(Text(paid + ",x", refunded)),
            "two files" => Archive(Text(paid, refunded), "2088_20170831_业务明细.csv", "another.csv"),
            _ => [1, 2, 3],
        };
        await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(archive));
    }

    [Fact]
    public async Task A_bill_is_fetched_from_the_address_in_a_signed_answer()
    {
        var archive = Archive(Text(Row("t1", "o1", "交易", "20.00", "\t"), Row("t1", "o1", "退款", "-5.50", "r1\t")));
        var wire = new StubWire(seen => seen.Method == "GET"
            ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(archive) }
            : AlipayProviderTests.Signed(AlipayProviderTests.Name(seen), """{"code":"10000","bill_download_url":"https://dwbillcenter.alipay.com/downloadBillFile.resource?bizType=trade"}"""));
        Assert.Equal(2, (await FetchAsync(wire)).Count);
        Assert.Equal("""{"bill_type":"trade","bill_date":"2017-08-31"}""", AlipayProviderTests.Fields(wire.Requests.First())["biz_content"]);
        Assert.Equal("/downloadBillFile.resource?bizType=trade", wire.Requests.Last().Path);
    }

    [Fact]
    public async Task A_day_without_trades_has_no_lines_and_other_failures_are_asked_again()
    {
        StubWire Answering(string sub) => new(seen => AlipayProviderTests.Signed(AlipayProviderTests.Name(seen), $$"""{"code":"40004","sub_code":"{{sub}}"}"""));
        Assert.Empty(await FetchAsync(Answering("isp.bill_not_exist")));
        await Assert.ThrowsAsync<HttpRequestException>(() => FetchAsync(Answering("isp.bill_not_exist"), DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime)));
        await Assert.ThrowsAsync<HttpRequestException>(() => FetchAsync(Answering("isp.unknow-error")));
    }

    private static string Row(string trade, string order, string kind, string amount, string refund) =>
        $"{trade}\t,{order}\t,{kind}\t,Tea,2017-08-31 00:06:14,2017-08-31 00:06:15,\t,\t,\t,\t,*杨(137****2600)\t,{amount},{amount},0.00,0.00,0.00,0.00,0.00,,0.00\t,0.00,{refund},0.00,0.00,\"one, two\"";

    private static string Text(params string[] rows) => string.Join("\r\n",
    [
        "#支付宝业务明细查询", "#账号：[20880000000000000156]", "#起始日期：[2017年08月31日 00:00:00]   终止日期：[2017年09月01日 00:00:00]",
        "#-----------------------------------------业务明细列表----------------------------------------", Header, .. rows,
        "#-----------------------------------------业务明细列表结束------------------------------------",
        "#交易合计：1笔，商家实收共20.00元，商家优惠共0.00元", "#退款合计：1笔，商家实收退款共-5.50元，商家优惠退款共0.00元", "#导出时间：[2017年09月01日 10:11:12]", "",
    ]);

    private static byte[] Archive(string text, params string[] names)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true, Gbk))
        {
            foreach (var name in names.Length > 0 ? names : ["2088_20170831_业务明细.csv", "2088_20170831_业务明细(汇总).csv"])
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(Gbk.GetBytes(name.Contains("汇总", StringComparison.Ordinal) ? "#支付宝业务汇总查询" : text));
            }
        }

        return bytes.ToArray();
    }

    private static async Task<List<PaymentStatementLine>> ReadAsync(byte[] archive) =>
        await AlipayStatements.ReadAsync(new MemoryStream(archive), TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

    private static async Task<List<PaymentStatementLine>> FetchAsync(StubWire wire, DateOnly? day = null) =>
        await new AlipayStatements(AlipayProviderTests.Options(), wire.Client("https://openapi.alipay.com/"), TimeProvider.System)
            .ReadAsync(day ?? new DateOnly(2017, 8, 31), TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
}
