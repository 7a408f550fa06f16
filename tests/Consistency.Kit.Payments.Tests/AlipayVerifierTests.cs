using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Alipay;
using static Consistency.Kit.Payments.Tests.Verdicts;

namespace Consistency.Kit.Payments.Tests;

public sealed class AlipayVerifierTests
{
    /// <summary>From the tests of Alipay's SDK for Node.js: the key of "verify sign should delete sign_type" and the notification signed with it.</summary>
    private const string PublishedKey =
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqObrdC7hrgAVM98tK0nv3hSQRGGKT4lBsQjHiGjeYZjOPIPHR5knm2jnnz/YGIXIofVHkA/tAlBAd5DrY7YpvI4tP5EONLtZKC2ghBMx7McI2wRD0xiqzxOQr1FuhZGJ8/AUokBzJrzY+aGX2xcOrxFYRlFilvVLTXg4LWjR1tdPkO6+i7wQZAIVMClP"
        + "kwVRZEbaERRHlKqTzv2gGv5rDU8gRoe1LeaN+6BlbTqHWkQcNCUNrA8C6l17XAXGKDsm/9TFWwO8EPHHHCaQdjtV5/FdcWIt+L8SR1ss7EXTjYDFtxcKVv9rEoY1lX8T4mX+GbXfZHraG5NCF1+XioL5JwIDAQAB";

    private static readonly Dictionary<string, string> Published = new()
    {
        ["gmt_create"] = "2019-08-15 15:56:22",
        ["charset"] = "utf-8",
        ["seller_email"] = "z97-yuquerevenue@service.aliyun.com",
        ["subject"] = "语雀空间 500人规模",
        ["sign"] = "QfTb8tqE1BMhS5qAnXtvsF3/jBkEvu9q9en0pdbBUDDjvKycZhQb7h8GDs4FKfi049PynaNuatxSgLb/nLWZpXyyh0LEWdK2S6Ri7nPwrVgOs08zugLO20vOQz44y3ti2Ncm8/wZts1Fr2gZ7pShnVX3d1B50hbsXnObT1r/U8ONNQjWXd0HIul4TG+Q3fm3svmSvFEy0WnzuhcyHPX5Gm4ELNctL6Qd5YniGJFNcc7kopHYtI/XD9YCKCH6Ct02rzUs9i11C9CsadtZn+WhxF26Dqt9sGEFajkJ8cxUTLi8+VCpLHsgPE8P0y095uQcDdK0YjCh4x7wVSov+lrmOQ==",
        ["buyer_id"] = "2088102534368455",
        ["invoice_amount"] = "0.10",
        ["notify_id"] = "2019081500222155624068450559358070",
        ["fund_bill_list"] = """[{"amount":"0.10","fundChannel":"ALIPAYACCOUNT"}]""",
        ["notify_type"] = "trade_status_sync",
        ["trade_status"] = "TRADE_SUCCESS",
        ["receipt_amount"] = "0.10",
        ["buyer_pay_amount"] = "0.10",
        ["sign_type"] = "RSA2",
        ["app_id"] = "2019073166072302",
        ["seller_id"] = "2088531891668739",
        ["gmt_payment"] = "2019-08-15 15:56:24",
        ["notify_time"] = "2019-08-15 15:56:25",
        ["version"] = "1.0",
        ["out_trade_no"] = "20190815155618536-564-57",
        ["total_amount"] = "0.10",
        ["trade_no"] = "2019081522001468450512505578",
        ["auth_app_id"] = "2019073166072302",
        ["buyer_logon_id"] = "xud***@126.com",
        ["point_amount"] = "0.00",
    };

    private static readonly AlipayVerifier PublishedVerifier = new(new AlipayOptions { PublicKey = PublishedKey, AppId = "2019073166072302" });

    [Fact]
    public async Task The_published_notification_is_genuine() => Assert.Equal(
        new CallbackVerdict.Genuine("2019081500222155624068450559358070", "TRADE_SUCCESS"),
        await OfAsync(PublishedVerifier, await FormAsync(Published), Now));

    [Fact]
    public async Task Each_changed_field_is_noticed()
    {
        foreach (var field in Published.Keys.Where(field => field is not ("sign" or "sign_type" or "app_id")))
        {
            IsForged(CallbackRefusal.BadSignature, await OfAsync(PublishedVerifier, await FormAsync(new(Published) { [field] = Published[field] + "1" }), Now));
        }

        IsForged(CallbackRefusal.BadSignature, await OfAsync(PublishedVerifier, await FormAsync(new(Published) { ["extra"] = "1" }), Now));
    }

    [Theory]
    [InlineData("sign", "", CallbackRefusal.NoSignature)]
    [InlineData("sign", "no base64!", CallbackRefusal.BadSignature)]
    [InlineData("sign_type", "RSA", CallbackRefusal.UnknownKey)]
    [InlineData("app_id", "2019073166072303", CallbackRefusal.UnknownKey)]
    public async Task Other_keys_and_other_applications_are_refused(string field, string value, CallbackRefusal reason) =>
        IsForged(reason, await OfAsync(PublishedVerifier, await FormAsync(new(Published) { [field] = value }), Now));

    [Fact]
    public async Task A_form_with_a_field_twice_is_refused()
    {
        var form = await FormAsync(Published);
        foreach (var body in (string[])["", "no form", "=x", form + "&total_amount=9", string.Join('&', Enumerable.Range(0, 500).Select(i => $"a{i}=1"))])
        {
            IsForged(CallbackRefusal.Malformed, await OfAsync(PublishedVerifier, body, Now));
        }
    }

    [Fact]
    public async Task A_generated_key_signs_what_it_verifies()
    {
        var verifier = new AlipayVerifier(new AlipayOptions { PublicKey = Keys.Provider.ExportSubjectPublicKeyInfoPem(), AppId = "1" });
        var fields = new Dictionary<string, string>
        {
            ["trade_status"] = "TRADE_FINISHED",
            ["body"] = "a+b & c=d",
            ["empty"] = "",
            ["notify_id"] = "n1",
            ["app_id"] = "1",
            ["sign_type"] = "RSA2",
            ["sign"] = Keys.Provider.Sign("app_id=1&body=a+b & c=d&notify_id=n1&trade_status=TRADE_FINISHED"),
        };
        Assert.Equal(new CallbackVerdict.Genuine("n1", "TRADE_FINISHED"), await OfAsync(verifier, await FormAsync(fields), Now));
    }

    private static async Task<string> FormAsync(Dictionary<string, string> fields)
    {
        using var content = new FormUrlEncodedContent(fields);
        return await content.ReadAsStringAsync();
    }
}
