using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Payments.WeChatPay;

namespace Consistency.Kit.Payments.Tests;

public sealed class WeChatPayProviderTests : IDisposable
{
    private const string Paid = """{"mchid":"1900","out_trade_no":"o1","transaction_id":"42","trade_state":"SUCCESS","amount":{"total":100,"currency":"CNY"}}""";

    private readonly RSA _platform = RSA.Create(2048);
    private readonly RSA _merchant = RSA.Create(2048);

    public void Dispose()
    {
        _platform.Dispose();
        _merchant.Dispose();
    }

    [Theory]
    [InlineData("SUCCESS", typeof(PaymentNews.Paid))]
    [InlineData("REFUND", typeof(PaymentNews.Paid))]
    [InlineData("NOTPAY", typeof(PaymentNews.Pending))]
    [InlineData("USERPAYING", typeof(PaymentNews.Pending))]
    [InlineData("CLOSED", typeof(PaymentNews.Closed))]
    public async Task A_query_is_signed_and_its_answer_translated(string word, Type expected)
    {
        var wire = new Wire(this, HttpStatusCode.OK, Paid.Replace("SUCCESS", word, StringComparison.Ordinal));
        var news = Assert.Single(await Provider(wire).QueryAsync("o1", TestContext.Current.CancellationToken));
        Assert.Equal(expected, news.GetType());
        if (news is PaymentNews.Paid paid)
        {
            Assert.Equal(new PaymentNews.Paid("o1", "42", "1900", 100, "CNY"), paid);
        }

        Assert.Equal("/v3/pay/transactions/out-trade-no/o1?mchid=1900", wire.Path);
        Assert.True(wire.IsSigned);
    }

    [Fact]
    public async Task An_answer_that_the_platform_did_not_sign_is_not_believed_and_a_new_word_is_no_guess()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(new Wire(this, HttpStatusCode.OK, Paid, forge: true)).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(new Wire(this, HttpStatusCode.OK, Paid.Replace("SUCCESS", "MOON", StringComparison.Ordinal))).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<HttpRequestException>(() => Provider(new Wire(this, HttpStatusCode.InternalServerError, "")).QueryAsync("o1", CancellationToken.None));
        Assert.IsType<PaymentNews.Closed>(Assert.Single(await Provider(new Wire(this, HttpStatusCode.NotFound, "{}")).QueryAsync("o1", CancellationToken.None)));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "SUCCESS", RefundStatus.Done)]
    [InlineData(HttpStatusCode.OK, "PROCESSING", RefundStatus.Pending)]
    [InlineData(HttpStatusCode.OK, "ABNORMAL", RefundStatus.Refused)]
    [InlineData(HttpStatusCode.BadRequest, "", RefundStatus.Refused)]
    public async Task A_refund_carries_its_number(HttpStatusCode status, string word, RefundStatus expected)
    {
        var wire = new Wire(this, status, $$"""{"status":"{{word}}"}""");
        Assert.Equal(expected, await Provider(wire).RefundAsync(new PaymentRefund("r1", "o1", "42", 30, 100, "CNY", "returned"), TestContext.Current.CancellationToken));
        Assert.Equal("""{"transaction_id":"42","out_refund_no":"r1","reason":"returned","amount":{"refund":30,"total":100,"currency":"CNY"}}""", wire.Body);
        Assert.True(wire.IsSigned);
    }

    private WeChatPayProvider Provider(Wire wire) => new(
        new WeChatPayOptions
        {
            ApiKey = "0123456789abcdef0123456789abcdef",
            PlatformKeys = { ["P1"] = _platform.ExportSubjectPublicKeyInfoPem() },
            MerchantId = "1900",
            MerchantSerial = "M1",
            MerchantKey = _merchant.ExportPkcs8PrivateKeyPem(),
        },
        new HttpClient(wire) { BaseAddress = new Uri("https://api.mch.weixin.qq.com/") },
        TimeProvider.System);

    private sealed class Wire(WeChatPayProviderTests test, HttpStatusCode status, string answer, bool forge = false) : HttpMessageHandler
    {
        internal string Path { get; private set; } = "";

        internal string Body { get; private set; } = "";

        internal bool IsSigned { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Path = request.RequestUri!.PathAndQuery;
            Body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var parts = request.Headers.GetValues("Authorization").Single().Split(' ', 2)[1].Split(',').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1].Trim('"'));
            IsSigned = test._merchant.VerifyData(
                Encoding.UTF8.GetBytes($"{request.Method}\n{Path}\n{parts["timestamp"]}\n{parts["nonce_str"]}\n{Body}\n"), Convert.FromBase64String(parts["signature"]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            var response = new HttpResponseMessage(status) { Content = new StringContent(answer) };
            var signed = forge ? test._merchant : test._platform;
            response.Headers.Add("Wechatpay-Serial", "P1");
            response.Headers.Add("Wechatpay-Nonce", "n");
            response.Headers.Add("Wechatpay-Timestamp", time);
            response.Headers.Add("Wechatpay-Signature", Convert.ToBase64String(signed.SignData(Encoding.UTF8.GetBytes($"{time}\nn\n{answer}\n"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
            return response;
        }
    }
}
