using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.WeChatPay;
using static Consistency.Kit.Payments.Tests.Verdicts;

namespace Consistency.Kit.Payments.Tests;

public sealed class WeChatPayVerifierTests
{
    private const string ApiKey = "0123456789abcdef0123456789abcdef";
    private const string Body = """{"id":"EV-1","event_type":"TRANSACTION.SUCCESS","resource":{}}""";

    private static WeChatPayVerifier Verifier { get; } = new(new WeChatPayOptions
    {
        ApiKey = ApiKey,
        PlatformKeys = { ["PUB_KEY_ID_1"] = Keys.Provider.ExportSubjectPublicKeyInfoPem(), ["5157F09EFDC096DE15EBE81A47057A72"] = Keys.Stranger.ExportSubjectPublicKeyInfoPem() },
    });

    [Fact]
    public async Task What_the_named_key_has_signed_is_genuine() =>
        Assert.Equal(new CallbackVerdict.Genuine("EV-1", "TRANSACTION.SUCCESS"), await AskAsync(Body, Now));

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public async Task A_recording_is_refused_outside_the_window(int seconds, bool isGenuine)
    {
        var verdict = await AskAsync(Body, Now.AddSeconds(seconds));
        Assert.Equal(isGenuine, verdict is CallbackVerdict.Genuine);
        Assert.Equal(!isGenuine, verdict == new CallbackVerdict.Forged(CallbackRefusal.OutsideWindow));
    }

    [Fact]
    public async Task Another_key_another_body_and_another_nonce_are_refused()
    {
        IsForged(CallbackRefusal.UnknownKey, await AskAsync(Body, Now, serial: "PUB_KEY_ID_2"));
        IsForged(CallbackRefusal.BadSignature, await AskAsync(Body, Now, serial: "5157F09EFDC096DE15EBE81A47057A72"));
        IsForged(CallbackRefusal.BadSignature, await AskAsync(Body, Now, nonce: "other"));
        IsForged(CallbackRefusal.BadSignature, await AskAsync(Body, Now, sent: Body.Replace("EV-1", "EV-2", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("WECHATPAY/SIGNTEST/")]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("no base64 !")]
    public async Task A_probe_with_a_wrong_signature_is_refused_as_any_other(string signature) => IsForged(CallbackRefusal.BadSignature, await AskAsync(Body, Now, signature: signature));

    [Fact]
    public async Task What_is_signed_and_no_notification_is_malformed()
    {
        foreach (var body in (string[])["{}", "[]", "text", """{"id":"","event_type":"x"}""", new string('{', 3_000)])
        {
            IsForged(CallbackRefusal.Malformed, await AskAsync(body, Now));
        }
    }

    [Fact]
    public void The_encrypted_part_is_opened_with_the_right_key_only()
    {
        var (nonce, text, tag) = ("123456789012"u8.ToArray(), new byte[22], new byte[16]);
        using (var aes = new AesGcm(Encoding.UTF8.GetBytes(ApiKey), 16))
        {
            aes.Encrypt(nonce, """{"out_trade_no":"4711"}"""u8[..22], text, tag, "transaction"u8);
        }

        var body = Encoding.UTF8.GetBytes($$$"""{"resource":{"ciphertext":"{{{Convert.ToBase64String([.. text, .. tag])}}}","nonce":"123456789012","associated_data":"transaction"}}""");
        Assert.Equal("""{"out_trade_no":"4711"}"""[..22], Encoding.UTF8.GetString(new WeChatPayResource(ApiKey).Open(body)));
        Assert.Throws<InvalidDataException>(() => new WeChatPayResource(ApiKey.Replace('0', '1')).Open(body));
        Assert.Throws<InvalidDataException>(() => new WeChatPayResource(ApiKey).Open("{}"u8.ToArray()));
        Assert.Throws<ArgumentException>(() => new WeChatPayResource("short"));
    }

    [Fact]
    public void A_key_that_is_none_is_named() => Assert.Contains(
        "PlatformKeys[k]",
        Assert.Throws<ArgumentException>(() => new WeChatPayVerifier(new WeChatPayOptions { PlatformKeys = { ["k"] = "no key" } })).Message,
        StringComparison.Ordinal);

    private static Task<CallbackVerdict> AskAsync(string body, DateTimeOffset at, string serial = "PUB_KEY_ID_1", string nonce = "nonce", string? sent = null, string? signature = null)
    {
        var time = Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var genuine = Keys.Provider.Sign($"{time}\nnonce\n{body}\n");
        return OfAsync(
            Verifier,
            sent ?? body,
            at,
            ("Wechatpay-Serial", serial),
            ("Wechatpay-Nonce", nonce),
            ("Wechatpay-Timestamp", time),
            ("Wechatpay-Signature", signature ?? genuine));
    }
}
