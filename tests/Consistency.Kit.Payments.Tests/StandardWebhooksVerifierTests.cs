using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Webhooks;
using static Consistency.Kit.Payments.Tests.Verdicts;

namespace Consistency.Kit.Payments.Tests;

public sealed class StandardWebhooksVerifierTests
{
    /// <summary>The worked example of the Standard Webhooks specification and its libraries.</summary>
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private const string Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Time = "1614265330";
    private const string Body = """{"test": 2432232314}""";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static readonly DateTimeOffset SentAt = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    [Theory]
    [InlineData(Signature)]
    [InlineData("v1,bm9ldHU= " + Signature)]
    [InlineData("v1a,AAAA v2,AAAA " + Signature)]
    public async Task The_published_vector_is_genuine(string signature) =>
        Assert.Equal(new CallbackVerdict.Genuine(Id, ""), await AskAsync(signature, SentAt, Other, Secret));

    [Fact]
    public async Task Another_secret_another_body_and_another_time_are_refused()
    {
        IsForged(CallbackRefusal.BadSignature, await AskAsync(Signature, SentAt, Other));
        IsForged(CallbackRefusal.BadSignature, await OfAsync(Verifier(Secret), Body + " ", SentAt, ("webhook-id", Id), ("webhook-timestamp", Time), ("webhook-signature", Signature)));
        IsForged(CallbackRefusal.BadSignature, await OfAsync(Verifier(Secret), Body, SentAt, ("webhook-id", Id + "x"), ("webhook-timestamp", Time), ("webhook-signature", Signature)));
        IsForged(CallbackRefusal.OutsideWindow, await AskAsync(Signature, SentAt.AddSeconds(301), Secret));
        IsForged(CallbackRefusal.OutsideWindow, await AskAsync(Signature, SentAt.AddSeconds(-301), Secret));
    }

    [Theory]
    [InlineData("")]
    [InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    [InlineData("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")]
    public async Task Without_a_signature_of_the_version_it_is_refused(string signature) => IsForged(CallbackRefusal.NoSignature, await AskAsync(signature, SentAt, Secret));

    [Fact]
    public void A_secret_that_is_none_is_named()
    {
        Assert.Contains("whsec_", Assert.Throws<ArgumentException>(() => Verifier("whsec_no base64")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Verifier());
    }

    private static Task<CallbackVerdict> AskAsync(string signature, DateTimeOffset at, params string[] secrets) =>
        OfAsync(Verifier(secrets), Body, at, ("webhook-id", Id), ("webhook-timestamp", Time), ("webhook-signature", signature));

    private static StandardWebhooksVerifier Verifier(params string[] secrets)
    {
        var options = new StandardWebhooksOptions();
        foreach (var secret in secrets)
        {
            options.Secrets.Add(secret);
        }

        return new StandardWebhooksVerifier(options);
    }
}
