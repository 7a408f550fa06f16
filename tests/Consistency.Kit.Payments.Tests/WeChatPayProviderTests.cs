using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Consistency.Kit.Payments.WeChatPay;

namespace Consistency.Kit.Payments.Tests;

/// <summary>Answers have the shapes of the official documentation (pay.weixin.qq.com, merchant/4013070356 and merchant/4012552567) and of the tests of the wechatpay SDK for Go.</summary>
public sealed class WeChatPayProviderTests
{
    private const string Paid = """{"appid":"wxd678efh567hg6787","mchid":"1230000109","out_trade_no":"o1","transaction_id":"4200000914202101195554393855","trade_type":"NATIVE","trade_state":"SUCCESS","trade_state_desc":"支付成功","bank_type":"OTHERS","success_time":"2021-01-19T15:43:01+08:00","payer":{"openid":"ofyak5qYxYJVnhTlrkk_ACWIVrHI"},"amount":{"total":100,"payer_total":90,"currency":"CNY","payer_currency":"CNY"}}""";
    private const string Refunded = """{"refund_id":"50000000382019052709732678859","out_refund_no":"r1","transaction_id":"42","out_trade_no":"o1","channel":"ORIGINAL","user_received_account":"招商银行信用卡0403","status":"SUCCESS","funds_account":"UNSETTLED","amount":{"total":100,"refund":30,"payer_total":90,"payer_refund":27,"settlement_refund":30,"settlement_total":100,"discount_refund":3,"currency":"CNY"}}""";
    private static readonly PaymentRefund Refund = new("r1", "o1", "42", 30, 100, "CNY", "returned");

    [Theory]
    [InlineData("SUCCESS", typeof(PaymentNews.Paid))]
    [InlineData("REFUND", typeof(PaymentNews.Paid))]
    [InlineData("NOTPAY", typeof(PaymentNews.Pending))]
    [InlineData("USERPAYING", typeof(PaymentNews.Pending))]
    [InlineData("CLOSED", typeof(PaymentNews.Closed))]
    public async Task A_query_is_signed_and_its_answer_translated(string word, Type expected)
    {
        var wire = Answering(HttpStatusCode.OK, Paid.Replace("\"SUCCESS\"", $"\"{word}\"", StringComparison.Ordinal));
        var news = Assert.Single(await Provider(wire).QueryAsync("o1", TestContext.Current.CancellationToken));
        Assert.Equal(expected, news.GetType());
        if (news is PaymentNews.Paid paid)
        {
            Assert.Equal(new PaymentNews.Paid("o1", "4200000914202101195554393855", "1230000109", 100, "CNY"), paid);
        }

        Assert.Equal("/v3/pay/transactions/out-trade-no/o1?mchid=1900", wire.Only.Path);
        Assert.True(IsSigned(wire.Only));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "ORDER_NOT_EXIST", true)]
    [InlineData(HttpStatusCode.NotFound, "RESOURCE_NOT_EXISTS", true)]
    [InlineData(HttpStatusCode.BadRequest, "ORDER_CLOSED", true)]
    [InlineData(HttpStatusCode.NotFound, "", false)]
    [InlineData(HttpStatusCode.NotFound, "MCH_NOT_EXISTS", false)]
    [InlineData(HttpStatusCode.BadRequest, "PARAM_ERROR", false)]
    [InlineData(HttpStatusCode.Unauthorized, "SIGN_ERROR", false)]
    [InlineData(HttpStatusCode.TooManyRequests, "FREQUENCY_LIMITED", false)]
    [InlineData(HttpStatusCode.InternalServerError, "SYSTEM_ERROR", false)]
    [InlineData(HttpStatusCode.BadGateway, "", false)]
    public async Task Nobody_has_paid_only_by_a_documented_code(HttpStatusCode status, string code, bool isClosed)
    {
        var query = Provider(Answering(status, Error(code))).QueryAsync("o1", TestContext.Current.CancellationToken);
        if (isClosed)
        {
            Assert.IsType<PaymentNews.Closed>(Assert.Single(await query));
        }
        else
        {
            Assert.Contains(code, (await Assert.ThrowsAsync<HttpRequestException>(() => query)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_answer_that_the_platform_did_not_sign_is_not_believed_and_a_new_word_is_no_guess()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(new StubWire(_ => Signed(HttpStatusCode.OK, Paid, Keys.Stranger))).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(new StubWire(_ => StubWire.Json(HttpStatusCode.OK, Paid))).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(new StubWire(_ => Signed(HttpStatusCode.NotFound, Error("ORDER_NOT_EXIST"), Keys.Stranger))).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(Answering(HttpStatusCode.OK, Paid.Replace("\"SUCCESS\"", "\"MOON\"", StringComparison.Ordinal))).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(Answering(HttpStatusCode.OK, """{"trade_state":"SUCCESS"}""")).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(Answering(HttpStatusCode.OK, "no JSON")).QueryAsync("o1", CancellationToken.None));
    }

    [Fact]
    public async Task An_answer_is_bounded_in_size_and_time()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(new StubWire(_ => StubWire.Endless())).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<TimeoutException>(() => Provider(new StubWire(_ => StubWire.Silent()), TimeSpan.FromMilliseconds(50)).QueryAsync("o1", CancellationToken.None));
    }

    [Theory]
    [InlineData(HttpStatusCode.NoContent, "", true)]
    [InlineData(HttpStatusCode.BadRequest, "ORDER_CLOSED", true)]
    [InlineData(HttpStatusCode.NotFound, "ORDER_NOT_EXIST", true)]
    [InlineData(HttpStatusCode.BadRequest, "ORDERPAID", true)]
    [InlineData(HttpStatusCode.Accepted, "USERPAYING", true)]
    [InlineData(HttpStatusCode.BadRequest, "PARAM_ERROR", false)]
    [InlineData(HttpStatusCode.NotFound, "", false)]
    [InlineData(HttpStatusCode.InternalServerError, "SYSTEM_ERROR", false)]
    public async Task A_close_that_has_nothing_to_close_is_none_and_what_is_unknown_is_tried_again(HttpStatusCode status, string code, bool returns)
    {
        var wire = Answering(status, status == HttpStatusCode.NoContent ? "" : Error(code));
        var close = Provider(wire).CloseAsync("o1", TestContext.Current.CancellationToken);
        await (returns ? close : Assert.ThrowsAsync<HttpRequestException>(() => close));
        Assert.Equal(("/v3/pay/transactions/out-trade-no/o1/close", """{"mchid":"1900"}"""), (wire.Only.Path, wire.Only.Body));
        Assert.True(IsSigned(wire.Only));
    }

    [Theory]
    [InlineData("SUCCESS", RefundStatus.Done)]
    [InlineData("PROCESSING", RefundStatus.Pending)]
    [InlineData("ABNORMAL", RefundStatus.Refused)]
    [InlineData("CLOSED", RefundStatus.Refused)]
    public async Task A_refund_carries_its_number(string word, RefundStatus expected)
    {
        var wire = Answering(HttpStatusCode.OK, Refunded.Replace("\"SUCCESS\"", $"\"{word}\"", StringComparison.Ordinal));
        Assert.Equal(expected, await Provider(wire).RefundAsync(Refund, TestContext.Current.CancellationToken));
        Assert.Equal("""{"transaction_id":"42","out_refund_no":"r1","reason":"returned","amount":{"refund":30,"total":100,"currency":"CNY"}}""", wire.Only.Body);
        Assert.True(IsSigned(wire.Only));
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "USER_ACCOUNT_ABNORMAL", true)]
    [InlineData(HttpStatusCode.Forbidden, "NOT_ENOUGH", true)]
    [InlineData(HttpStatusCode.NotFound, "RESOURCE_NOT_EXISTS", true)]
    [InlineData(HttpStatusCode.BadRequest, "PARAM_ERROR", true)]
    [InlineData(HttpStatusCode.BadRequest, "INVALID_REQUEST", true)]
    [InlineData(HttpStatusCode.BadRequest, "", false)]
    [InlineData(HttpStatusCode.BadRequest, "A_NEW_CODE", false)]
    [InlineData(HttpStatusCode.Unauthorized, "SIGN_ERROR", false)]
    [InlineData(HttpStatusCode.TooManyRequests, "FREQUENCY_LIMITED", false)]
    [InlineData(HttpStatusCode.InternalServerError, "SYSTEM_ERROR", false)]
    public async Task A_refund_is_refused_only_by_a_documented_code_and_when_its_number_is_unknown(HttpStatusCode status, string code, bool isRefused)
    {
        var wire = new StubWire(seen => seen.Method == "POST" ? Signed(status, Error(code)) : Signed(HttpStatusCode.NotFound, Error("RESOURCE_NOT_EXISTS")));
        var refund = Provider(wire).RefundAsync(Refund, TestContext.Current.CancellationToken);
        if (isRefused)
        {
            Assert.Equal(RefundStatus.Refused, await refund);
            Assert.Equal("/v3/refund/domestic/refunds/r1", wire.Requests.Last().Path);

            // The first request was accepted after all, or nobody knows.
            Assert.Equal(RefundStatus.Done, await Provider(new StubWire(seen => seen.Method == "POST" ? Signed(status, Error(code)) : Signed(HttpStatusCode.OK, Refunded))).RefundAsync(Refund, default));
            await Assert.ThrowsAsync<HttpRequestException>(
                () => Provider(new StubWire(seen => seen.Method == "POST" ? Signed(status, Error(code)) : Signed(HttpStatusCode.InternalServerError, Error("SYSTEM_ERROR")))).RefundAsync(Refund, default));
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => refund);
            Assert.Single(wire.Requests);
        }
    }

    [Theory]
    [InlineData("\"r1\"", "\"r2\"")]
    [InlineData("\"refund\":30", "\"refund\":31")]
    [InlineData("\"currency\":\"CNY\"", "\"currency\":\"USD\"")]
    [InlineData("\"SUCCESS\"", "\"MOON\"")]
    public async Task An_answer_about_another_refund_is_not_believed(string part, string other) => await Assert.ThrowsAsync<InvalidDataException>(
        () => Provider(Answering(HttpStatusCode.OK, Refunded.Replace(part, other, StringComparison.Ordinal))).RefundAsync(Refund, TestContext.Current.CancellationToken));

    [Fact]
    public void What_is_missing_is_named()
    {
        var options = Options();
        options.MerchantKey = Keys.Merchant.ExportSubjectPublicKeyInfoPem();
        Assert.Contains("MerchantKey", Assert.Throws<ArgumentException>(() => new WeChatPayProvider(options, new HttpClient(), TimeProvider.System)).Message, StringComparison.Ordinal);
        options.MerchantKey = "";
        Assert.Contains("MerchantKey", Assert.Throws<ArgumentException>(() => new WeChatPayProvider(options, new HttpClient(), TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    internal static WeChatPayOptions Options() => new()
    {
        ApiKey = "0123456789abcdef0123456789abcdef",
        PlatformKeys = { ["P1"] = Keys.Provider.ExportSubjectPublicKeyInfoPem() },
        MerchantId = "1900",
        MerchantSerial = "M1",
        MerchantKey = Keys.Merchant.ExportPkcs8PrivateKeyPem(),
    };

    internal static bool IsSigned(StubWire.Seen seen)
    {
        var parts = seen.Headers["Authorization"].Split(' ', 2)[1].Split(',').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1].Trim('"'));
        return Keys.Merchant.HasSigned($"{seen.Method}\n{seen.Path}\n{parts["timestamp"]}\n{parts["nonce_str"]}\n{seen.Body}\n", parts["signature"]);
    }

    internal static HttpResponseMessage Signed(HttpStatusCode status, string body, RSA? key = null)
    {
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var response = StubWire.Json(status, body);
        response.Headers.Add("Wechatpay-Serial", "P1");
        response.Headers.Add("Wechatpay-Nonce", "n");
        response.Headers.Add("Wechatpay-Timestamp", time);
        response.Headers.Add("Wechatpay-Signature", (key ?? Keys.Provider).Sign($"{time}\nn\n{body}\n"));
        return response;
    }

    private static string Error(string code) => code.Length == 0 ? "<html/>" : $$"""{"code":"{{code}}","message":"…"}""";

    private static StubWire Answering(HttpStatusCode status, string body) => new(_ => Signed(status, body));

    private static WeChatPayProvider Provider(StubWire wire, TimeSpan? timeout = null)
    {
        var options = Options();
        options.Timeout = timeout ?? options.Timeout;
        return new WeChatPayProvider(options, wire.Client("https://api.mch.weixin.qq.com/"), TimeProvider.System);
    }
}
