using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Stripe;
using static Consistency.Kit.Payments.Tests.Verdicts;

namespace Consistency.Kit.Payments.Tests;

public sealed class StripeVerifierTests
{
    /// <summary>From the tests of Stripe's SDK for .NET: EventUtilityTest and event_test_signature.json.</summary>
    private const string Published = """
        {
          "id": "evt_123",
          "object": "event",
          "account": "acct_123",
          "api_version": "2017-05-25",
          "created": 1533204620,
          "data": {
            "object": {
              "id": "cus_123",
              "object": "customer",
              "created": 123456789,
              "email": "test@stripe.com",
              "livemode": false,
              "metadata": {}
            }
          },
          "livemode": false,
          "pending_webhooks": 1,
          "request": {
            "id": "req_123",
            "idempotency_key": "idempotency-key-123"
          },
          "type": "customer.created"
        }

        """;

    private const string PublishedSignature =
        "t=1533204620,v1=2220f87ef101a04665f11cdf770523143f875572008577fa0f20882ddb9cc3c7,v0=63f3a72374a733066c4be69ed7f8e5ac85c22c9f0a6a612ab9a025a9e4ee7eef";

    private static readonly DateTimeOffset PublishedAt = DateTimeOffset.FromUnixTimeSeconds(1533204620);

    [Fact]
    public async Task The_published_vector_is_genuine()
    {
        var verdict = await OfAsync(Verifier("webhook_secret"), Published.ReplaceLineEndings("\n"), PublishedAt, ("Stripe-Signature", PublishedSignature));
        Assert.Equal(new CallbackVerdict.Genuine("evt_123", "customer.created"), verdict);
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    public async Task A_recording_is_refused_outside_the_tolerance(int seconds, bool isGenuine)
    {
        var verdict = await OfAsync(Verifier("webhook_secret"), Published.ReplaceLineEndings("\n"), PublishedAt.AddSeconds(seconds), ("Stripe-Signature", PublishedSignature));
        Assert.Equal(isGenuine, verdict is CallbackVerdict.Genuine);
        if (!isGenuine)
        {
            IsForged(CallbackRefusal.OutsideWindow, verdict);
        }
    }

    [Fact]
    public async Task Any_of_several_signatures_with_any_of_several_secrets_will_do()
    {
        const string body = """{"id":"evt_1","type":"x"}""";
        var header = $"{Sign("other", body)},v1={Sign("old", body).Split("v1=")[1]}";
        Assert.IsType<CallbackVerdict.Genuine>(await OfAsync(Verifier("new", "old"), body, Now, ("Stripe-Signature", header)));
        IsForged(CallbackRefusal.BadSignature, await OfAsync(Verifier("new"), body, Now, ("Stripe-Signature", header)));
    }

    [Theory]
    [InlineData("t=1,v0=aa", CallbackRefusal.NoSignature)]
    [InlineData("", CallbackRefusal.NoSignature)]
    [InlineData("v1=aa", CallbackRefusal.Malformed)]
    [InlineData("t=,v1=aa", CallbackRefusal.Malformed)]
    [InlineData("t=99999999999999999999,v1=aa", CallbackRefusal.Malformed)]
    [InlineData("t=-1,v1=aa", CallbackRefusal.Malformed)]
    [InlineData("t=1,t=2,v1=aa", CallbackRefusal.Malformed)]
    [InlineData("t=NOW,v1=zz", CallbackRefusal.BadSignature)]
    [InlineData("t=NOW,v1=", CallbackRefusal.BadSignature)]
    public async Task Whatever_a_stranger_sends_is_refused(string header, CallbackRefusal reason) => IsForged(
        reason,
        await OfAsync(Verifier("secret"), "{}", Now, ("Stripe-Signature", header.Replace("NOW", Seconds(Now), StringComparison.Ordinal))));

    [Fact]
    public async Task A_changed_body_is_refused_and_a_signed_body_that_is_no_event_is_malformed()
    {
        const string body = """{"id":"evt_1","type":"x"}""";
        IsForged(CallbackRefusal.BadSignature, await OfAsync(Verifier("secret"), body + " ", Now, ("Stripe-Signature", Sign("secret", body))));
        foreach (var bad in (string[])["[]", "{}", """{"id":1,"type":"x"}""", "no json", new string('[', 5_000)])
        {
            IsForged(CallbackRefusal.Malformed, await OfAsync(Verifier("secret"), bad, Now, ("Stripe-Signature", Sign("secret", bad))));
        }
    }

    private static StripeVerifier Verifier(params string[] secrets)
    {
        var options = new StripeOptions();
        foreach (var secret in secrets)
        {
            options.Secrets.Add(secret);
        }

        return new StripeVerifier(options);
    }

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Sign(string secret, string body) =>
        $"t={Seconds(Now)},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{Seconds(Now)}.{body}")))}";
}
