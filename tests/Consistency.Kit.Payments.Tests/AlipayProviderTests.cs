using System.Net;
using System.Text;
using System.Text.Json;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Alipay;

namespace Consistency.Kit.Payments.Tests;

/// <summary>Answers have the shapes of the official documentation (docs.open.alipay.com: alipay.trade.query, .close, .refund, .fastpay.refund.query).</summary>
public sealed class AlipayProviderTests
{
    private const string Paid = """{"code":"10000","msg":"Success","buyer_logon_id":"159****5620","buyer_pay_amount":"8.88","buyer_user_id":"2088101117955611","invoice_amount":"12.11","out_trade_no":"o1","point_amount":"10.00","receipt_amount":"15.25","send_pay_date":"2014-11-27 15:45:57","total_amount":"88.88","trade_no":"2013112011001004330000121536","trade_status":"TRADE_SUCCESS"}""";
    private const string Refunded = """{"code":"10000","msg":"Success","out_request_no":"r1","out_trade_no":"o1","refund_amount":"12.33","refund_status":"REFUND_SUCCESS","total_amount":"100.20","trade_no":"2014112611001004680073956707"}""";
    private const string NotRefunded = """{"code":"10000","msg":"Success"}""";
    private static readonly PaymentRefund Refund = new("r1", "o1", "2014112611001004680073956707", 1_233, 10_020, "CNY", "returned");

    [Theory]
    [InlineData("TRADE_SUCCESS", true, typeof(PaymentNews.Paid))]
    [InlineData("TRADE_FINISHED", true, typeof(PaymentNews.Paid))]
    [InlineData("TRADE_CLOSED", true, typeof(PaymentNews.Paid))]
    [InlineData("TRADE_CLOSED", false, typeof(PaymentNews.Closed))]
    [InlineData("WAIT_BUYER_PAY", false, typeof(PaymentNews.Pending))]
    public async Task A_query_is_signed_and_its_answer_translated(string word, bool wasPaid, Type expected)
    {
        var answer = Paid.Replace("TRADE_SUCCESS", word, StringComparison.Ordinal).Replace("2014-11-27 15:45:57", wasPaid ? "2014-11-27 15:45:57" : "", StringComparison.Ordinal);
        var wire = Answering(answer);
        var news = Assert.Single(await Provider(wire).QueryAsync("o1", TestContext.Current.CancellationToken));
        Assert.Equal(expected, news.GetType());
        if (news is PaymentNews.Paid paid)
        {
            Assert.Equal(new PaymentNews.Paid("o1", "2013112011001004330000121536", "2088", 8_888, "CNY"), paid);
        }

        var fields = Fields(wire.Only);
        Assert.Equal(("alipay.trade.query", "RSA2", "1.0", "app", "utf-8"), (fields["method"], fields["sign_type"], fields["version"], fields["app_id"], fields["charset"]));
        Assert.Equal("""{"out_trade_no":"o1"}""", fields["biz_content"]);
        Assert.True(IsSigned(fields));
    }

    [Theory]
    [InlineData("40004", "ACQ.TRADE_NOT_EXIST", true)]
    [InlineData("40004", "ACQ.SYSTEM_ERROR", false)]
    [InlineData("40004", "ACQ.INVALID_PARAMETER", false)]
    [InlineData("40004", "A.NEW.CODE", false)]
    [InlineData("20000", "ACQ.TRADE_NOT_EXIST", false)]
    [InlineData("40006", "isv.insufficient-isv-permissions", false)]
    public async Task Nobody_has_paid_only_by_the_documented_code(string code, string sub, bool isClosed)
    {
        var query = Provider(Answering(Error(code, sub))).QueryAsync("o1", TestContext.Current.CancellationToken);
        if (isClosed)
        {
            Assert.IsType<PaymentNews.Closed>(Assert.Single(await query));
        }
        else
        {
            Assert.Contains(sub, (await Assert.ThrowsAsync<HttpRequestException>(() => query)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_answer_that_Alipay_did_not_sign_is_not_believed_and_a_new_word_is_no_guess()
    {
        Task NotBelievedAsync(Func<string, HttpResponseMessage> answer) =>
            Assert.ThrowsAsync<InvalidDataException>(() => Provider(new StubWire(seen => answer(Name(seen)))).QueryAsync("o1", CancellationToken.None));
        await NotBelievedAsync(name => Envelope(name, Paid, Keys.Stranger.Sign(Paid)));
        await NotBelievedAsync(name => Envelope(name, Paid, Keys.Provider.Sign(Paid + " ")));
        await NotBelievedAsync(name => StubWire.Json(HttpStatusCode.OK, $$"""{"{{name}}":{{Paid}}}"""));
        await NotBelievedAsync(_ => Envelope("alipay_trade_close_response", Paid, Keys.Provider.Sign(Paid)));
        await NotBelievedAsync(name => Envelope(name, "[]", Keys.Provider.Sign("[]")));
        await NotBelievedAsync(_ => StubWire.Json(HttpStatusCode.OK, "no JSON"));
        await NotBelievedAsync(name => Signed(name, Paid.Replace("TRADE_SUCCESS", "MOON", StringComparison.Ordinal)));
        await NotBelievedAsync(name => Signed(name, Paid.Replace("88.88", "88.885", StringComparison.Ordinal)));
        await Assert.ThrowsAsync<HttpRequestException>(() => Provider(new StubWire(_ => StubWire.Json(HttpStatusCode.BadGateway, ""))).QueryAsync("o1", CancellationToken.None));
    }

    [Fact]
    public async Task An_unsigned_complaint_of_the_gateway_names_its_code()
    {
        var wire = new StubWire(_ => StubWire.Json(HttpStatusCode.OK, """{"error_response":{"code":"40002","msg":"Invalid Arguments","sub_code":"isv.invalid-signature"}}"""));
        var failed = await Assert.ThrowsAsync<InvalidDataException>(() => Provider(wire).QueryAsync("o1", TestContext.Current.CancellationToken));
        Assert.Contains("40002 isv.invalid-signature", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_signature_is_over_the_answers_own_text_whatever_its_spaces_and_order()
    {
        const string spaced = """{ "trade_status" : "WAIT_BUYER_PAY", "code":"10000", "note":"}{\"x\"" }""";
        Assert.IsType<PaymentNews.Pending>(Assert.Single(await Provider(Answering(spaced)).QueryAsync("o1", TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task An_answer_is_bounded_in_size_and_time()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(new StubWire(_ => StubWire.Endless())).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<TimeoutException>(() => Provider(new StubWire(_ => StubWire.Silent()), TimeSpan.FromMilliseconds(50)).QueryAsync("o1", CancellationToken.None));
    }

    [Theory]
    [InlineData("10000", "", true)]
    [InlineData("40004", "ACQ.TRADE_NOT_EXIST", true)]
    [InlineData("40004", "ACQ.TRADE_STATUS_ERROR", true)]
    [InlineData("40004", "ACQ.REASON_TRADE_STATUS_INVALID", true)]
    [InlineData("40004", "ACQ.REASON_ILLEGAL_STATUS", true)]
    [InlineData("40004", "ACQ.SYSTEM_ERROR", false)]
    [InlineData("20000", "isp.unknow-error", false)]
    public async Task A_close_that_has_nothing_to_close_is_none_and_what_is_unknown_is_tried_again(string code, string sub, bool returns)
    {
        var close = Provider(Answering(Error(code, sub))).CloseAsync("o1", TestContext.Current.CancellationToken);
        await (returns ? close : Assert.ThrowsAsync<HttpRequestException>(() => close));
    }

    [Theory]
    [InlineData("""{"code":"10000","fund_change":"Y","refund_fee":"88.88"}""", "", RefundStatus.Done)]
    [InlineData("""{"code":"10000","fund_change":"N"}""", Refunded, RefundStatus.Done)]
    [InlineData("""{"code":"10000","fund_change":"N"}""", NotRefunded, RefundStatus.Pending)]
    [InlineData("""{"code":"40004","sub_code":"ACQ.SELLER_BALANCE_NOT_ENOUGH"}""", NotRefunded, RefundStatus.Refused)]
    [InlineData("""{"code":"40004","sub_code":"ACQ.TRADE_NOT_EXIST"}""", """{"code":"40004","sub_code":"ACQ.TRADE_NOT_EXIST"}""", RefundStatus.Refused)]
    [InlineData("""{"code":"40004","sub_code":"ACQ.DISCORDANT_REPEAT_REQUEST"}""", Refunded, RefundStatus.Done)]
    [InlineData("""{"code":"40004","sub_code":"ACQ.TRADE_HAS_FINISHED"}""", NotRefunded, RefundStatus.Refused)]
    public async Task A_refund_is_decided_by_its_number(string answer, string found, RefundStatus expected)
    {
        var wire = new StubWire(seen => Signed(Name(seen), Fields(seen)["method"] == "alipay.trade.refund" ? answer : found));
        Assert.Equal(expected, await Provider(wire).RefundAsync(Refund, TestContext.Current.CancellationToken));
        Assert.Equal("""{"trade_no":"2014112611001004680073956707","out_request_no":"r1","refund_amount":"12.33","refund_reason":"returned"}""", Fields(wire.Requests.First())["biz_content"]);
        Assert.Equal(found.Length == 0 ? 1 : 2, wire.Requests.Count);
    }

    [Theory]
    [InlineData("""{"code":"40004","sub_code":"ACQ.SYSTEM_ERROR"}""")]
    [InlineData("""{"code":"40004","sub_code":"A.NEW.CODE"}""")]
    [InlineData("""{"code":"20000","sub_code":"isp.unknow-error"}""")]
    public async Task What_is_unknown_of_a_refund_is_asked_again(string answer)
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => Provider(Answering(answer)).RefundAsync(Refund, TestContext.Current.CancellationToken));

        // Refused, and nobody knows whether a request before it was not.
        var wire = new StubWire(seen => Signed(Name(seen), Fields(seen)["method"] == "alipay.trade.refund" ? Error("40004", "ACQ.TRADE_STATUS_ERROR") : answer));
        await Assert.ThrowsAsync<HttpRequestException>(() => Provider(wire).RefundAsync(Refund, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("12.33", "12.34")]
    [InlineData("\"r1\"", "\"r2\"")]
    [InlineData("REFUND_SUCCESS", "MOON")]
    public async Task An_answer_about_another_refund_is_not_believed(string part, string other)
    {
        var wire = new StubWire(seen => Signed(Name(seen), Fields(seen)["method"] == "alipay.trade.refund" ? """{"code":"10000","fund_change":"N"}""" : Refunded.Replace(part, other, StringComparison.Ordinal)));
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(wire).RefundAsync(Refund, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("TRADE_SUCCESS", true)]
    [InlineData("TRADE_FINISHED", true)]
    [InlineData("TRADE_CLOSED", false)]
    [InlineData("WAIT_BUYER_PAY", false)]
    public void A_notification_tells_of_a_payment(string word, bool isPaid)
    {
        var form = $"trade_status={word}&out_trade_no=o1&trade_no=42&seller_id=2088&total_amount=0.29&notify_id=n";
        var news = Provider(Answering(Paid)).Read(new StoredCallback("alipay", "n", word, default, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(form)));
        Assert.Equal(isPaid ? new PaymentNews.Paid("o1", "42", "2088", 29, "CNY") : new PaymentNews.Other(), news);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        var options = Options();
        options.PrivateKey = "no key";
        Assert.Contains("PrivateKey", Assert.Throws<ArgumentException>(() => new AlipayProvider(options, new HttpClient(), TimeProvider.System)).Message, StringComparison.Ordinal);
        options = Options();
        options.SellerId = "";
        Assert.Contains("SellerId", Assert.Throws<ArgumentException>(() => new AlipayProvider(options, new HttpClient(), TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    internal static AlipayOptions Options() => new()
    {
        AppId = "app",
        SellerId = "2088",
        PrivateKey = Convert.ToBase64String(Keys.Merchant.ExportRSAPrivateKey()),
        PublicKey = Convert.ToBase64String(Keys.Provider.ExportSubjectPublicKeyInfo()),
    };

    internal static Dictionary<string, string> Fields(StubWire.Seen seen) => $"{seen.Path.Split('?')[1]}&{seen.Body}".Split('&').Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1].Replace('+', ' ')));

    internal static bool IsSigned(Dictionary<string, string> fields) => Keys.Merchant.HasSigned(
        string.Join('&', fields.Where(field => field.Key != "sign").OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}")), fields["sign"]);

    internal static HttpResponseMessage Signed(string name, string answer) => Envelope(name, answer, Keys.Provider.Sign(answer));

    internal static string Name(StubWire.Seen seen) => Fields(seen)["method"].Replace('.', '_') + "_response";

    private static HttpResponseMessage Envelope(string name, string answer, string signature) =>
        StubWire.Json(HttpStatusCode.OK, $$"""{"{{name}}":{{answer}},"sign":{{JsonSerializer.Serialize(signature)}}}""");

    private static string Error(string code, string sub) => $$"""{"code":"{{code}}","msg":"…","sub_code":"{{sub}}","sub_msg":"…"}""";

    private static StubWire Answering(string answer) => new(seen => Signed(Name(seen), answer));

    private static AlipayProvider Provider(StubWire wire, TimeSpan? timeout = null)
    {
        var options = Options();
        options.Timeout = timeout ?? options.Timeout;
        return new AlipayProvider(options, wire.Client("https://openapi.alipay.com/"), TimeProvider.System);
    }
}
