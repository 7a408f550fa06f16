using System.Net;
using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Stripe;

namespace Consistency.Kit.Payments.Tests;

/// <summary>Answers have the shapes of the official reference (docs.stripe.com/api: payment_intents, refunds, errors).</summary>
public sealed class StripeProviderTests
{
    private const string Intent = """{"id":"pi_1","object":"payment_intent","amount":2000,"amount_received":2000,"currency":"usd","latest_charge":"ch_1","livemode":true,"metadata":{"order_number":"o1"},"status":"succeeded"}""";
    private const string Refunded = """{"id":"re_1","object":"refund","amount":300,"charge":"ch_1","currency":"usd","metadata":{"refund_number":"r1"},"payment_intent":"pi_1","reason":null,"status":"succeeded"}""";
    private const string None = """{"object":"list","data":[],"has_more":false,"url":"/v1/refunds"}""";
    private static readonly PaymentRefund Refund = new("r1", "o1", "pi_1", 300, 2000, "USD", "returned");

    [Theory]
    [InlineData("succeeded", typeof(PaymentNews.Paid))]
    [InlineData("processing", typeof(PaymentNews.Pending))]
    [InlineData("requires_payment_method", typeof(PaymentNews.Pending))]
    [InlineData("requires_confirmation", typeof(PaymentNews.Pending))]
    [InlineData("requires_action", typeof(PaymentNews.Pending))]
    [InlineData("requires_capture", typeof(PaymentNews.Pending))]
    [InlineData("canceled", typeof(PaymentNews.Closed))]
    public async Task A_query_carries_the_key_and_its_answer_is_translated(string word, Type expected)
    {
        var wire = Answering(HttpStatusCode.OK, Intent.Replace("succeeded", word, StringComparison.Ordinal));
        var news = Assert.Single(await Provider(wire).QueryAsync("o1", TestContext.Current.CancellationToken));
        Assert.Equal(expected, news.GetType());
        if (news is PaymentNews.Paid paid)
        {
            Assert.Equal(new PaymentNews.Paid("o1", "pi_1", "acct_1", 2000, "USD"), paid);
        }

        Assert.Equal(("GET", "/v1/payment_intents/pi_1", "Bearer sk_live_1"), (wire.Only.Method, wire.Only.Path, wire.Only.Headers["Authorization"]));
    }

    [Fact]
    public async Task All_attempts_of_an_order_count_and_two_that_succeeded_are_two_payments()
    {
        Task<IReadOnlyList<PaymentNews>> QueryAsync(params string[] words) => Provider(
            new StubWire(seen => StubWire.Json(HttpStatusCode.OK, Intent.Replace("pi_1", seen.Path[^4..], StringComparison.Ordinal).Replace("succeeded", words[seen.Path[^1] - '1'], StringComparison.Ordinal))),
            [.. words.Select((_, i) => $"pi_{i + 1}")]).QueryAsync("o1", TestContext.Current.CancellationToken);
        Assert.Equal(["pi_1", "pi_3"], (await QueryAsync("succeeded", "canceled", "succeeded")).Select(one => Assert.IsType<PaymentNews.Paid>(one).TransactionId));
        Assert.IsType<PaymentNews.Pending>(Assert.Single(await QueryAsync("canceled", "processing")));
        Assert.IsType<PaymentNews.Closed>(Assert.Single(await QueryAsync("canceled", "canceled")));
        Assert.IsType<PaymentNews.Closed>(Assert.Single(await QueryAsync()));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "resource_missing")]
    [InlineData(HttpStatusCode.TooManyRequests, "rate_limit")]
    [InlineData(HttpStatusCode.Unauthorized, "")]
    [InlineData(HttpStatusCode.InternalServerError, "")]
    public async Task No_error_says_that_nobody_has_paid(HttpStatusCode status, string code) =>
        await Assert.ThrowsAsync<HttpRequestException>(() => Provider(Answering(status, Error(code))).QueryAsync("o1", TestContext.Current.CancellationToken));

    [Theory]
    [InlineData("succeeded", "moon")]
    [InlineData("\"order_number\":\"o1\"", "\"order_number\":\"o2\"")]
    [InlineData("\"order_number\":\"o1\"", "\"other\":\"o1\"")]
    [InlineData("pi_1", "pi_2")]
    [InlineData("\"amount_received\":2000,", "")]
    public async Task An_answer_about_something_else_is_not_believed(string part, string other) => await Assert.ThrowsAsync<InvalidDataException>(
        () => Provider(Answering(HttpStatusCode.OK, Intent.Replace(part, other, StringComparison.Ordinal))).QueryAsync("o1", TestContext.Current.CancellationToken));

    [Fact]
    public async Task An_answer_is_bounded_in_size_and_time()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(new StubWire(_ => StubWire.Endless())).QueryAsync("o1", CancellationToken.None));
        await Assert.ThrowsAsync<TimeoutException>(() => Provider(new StubWire(_ => StubWire.Silent()), timeout: TimeSpan.FromMilliseconds(50)).QueryAsync("o1", CancellationToken.None));
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, "", true)]
    [InlineData(HttpStatusCode.BadRequest, "payment_intent_unexpected_state", true)]
    [InlineData(HttpStatusCode.NotFound, "resource_missing", false)]
    [InlineData(HttpStatusCode.InternalServerError, "", false)]
    public async Task A_close_cancels_each_attempt_and_what_is_unknown_is_tried_again(HttpStatusCode status, string code, bool returns)
    {
        var wire = Answering(status, status == HttpStatusCode.OK ? Intent : Error(code));
        var close = Provider(wire, ["pi_1", "pi_2"]).CloseAsync("o1", TestContext.Current.CancellationToken);
        await (returns ? close : Assert.ThrowsAsync<HttpRequestException>(() => close));
        Assert.Equal(returns ? ["/v1/payment_intents/pi_1/cancel", "/v1/payment_intents/pi_2/cancel"] : ["/v1/payment_intents/pi_1/cancel"], wire.Requests.Select(seen => seen.Path));
        Assert.All(wire.Requests, seen => Assert.False(seen.Headers.ContainsKey("Idempotency-Key")));
    }

    [Theory]
    [InlineData("succeeded", RefundStatus.Done)]
    [InlineData("pending", RefundStatus.Pending)]
    [InlineData("requires_action", RefundStatus.Pending)]
    [InlineData("failed", RefundStatus.Refused)]
    [InlineData("canceled", RefundStatus.Refused)]
    public async Task A_refund_is_made_under_its_number_and_found_by_it(string word, RefundStatus expected)
    {
        var refunded = Refunded.Replace("succeeded", word, StringComparison.Ordinal);
        var wire = new StubWire(seen => StubWire.Json(HttpStatusCode.OK, seen.Method == "GET" ? None : refunded));
        Assert.Equal(expected, await Provider(wire).RefundAsync(Refund, TestContext.Current.CancellationToken));
        var made = wire.Requests.Last();
        Assert.Equal(("POST", "/v1/refunds", "refund-r1"), (made.Method, made.Path, made.Headers["Idempotency-Key"]));
        Assert.Equal("payment_intent=pi_1&amount=300&metadata%5Brefund_number%5D=r1&metadata%5Breason%5D=returned", made.Body);

        // A repeat after Stripe has forgotten the key makes no second refund, on whatever page the first one is.
        var pages = new StubWire(seen => StubWire.Json(HttpStatusCode.OK, seen.Path.Contains("starting_after=re_0", StringComparison.Ordinal)
            ? $$"""{"data":[{{refunded}}],"has_more":false}"""
            : """{"data":[{"id":"re_0","metadata":{}}],"has_more":true}"""));
        Assert.Equal(expected, await Provider(pages).RefundAsync(Refund, TestContext.Current.CancellationToken));
        Assert.All(pages.Requests, seen => Assert.Equal("GET", seen.Method));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "charge_already_refunded", true)]
    [InlineData(HttpStatusCode.BadRequest, "charge_disputed", true)]
    [InlineData(HttpStatusCode.BadRequest, "refund_disputed_payment", true)]
    [InlineData(HttpStatusCode.BadRequest, "", false)]
    [InlineData(HttpStatusCode.BadRequest, "a_new_code", false)]
    [InlineData(HttpStatusCode.Conflict, "idempotency_key_in_use", false)]
    [InlineData(HttpStatusCode.TooManyRequests, "rate_limit", false)]
    [InlineData(HttpStatusCode.InternalServerError, "", false)]
    public async Task A_refund_is_refused_only_by_a_documented_code(HttpStatusCode status, string code, bool isRefused)
    {
        var refund = Provider(new StubWire(seen => seen.Method == "GET" ? StubWire.Json(HttpStatusCode.OK, None) : StubWire.Json(status, Error(code)))).RefundAsync(Refund, TestContext.Current.CancellationToken);
        if (isRefused)
        {
            Assert.Equal(RefundStatus.Refused, await refund);
        }
        else
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => refund);
        }
    }

    [Theory]
    [InlineData("\"amount\":300", "\"amount\":301")]
    [InlineData("\"usd\"", "\"eur\"")]
    [InlineData("\"pi_1\"", "\"pi_2\"")]
    [InlineData("succeeded", "moon")]
    public async Task An_answer_about_another_refund_is_not_believed(string part, string other)
    {
        var wire = new StubWire(seen => StubWire.Json(HttpStatusCode.OK, seen.Method == "GET" ? None : Refunded.Replace(part, other, StringComparison.Ordinal)));
        await Assert.ThrowsAsync<InvalidDataException>(() => Provider(wire).RefundAsync(Refund, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void An_event_tells_of_a_payment_of_an_order()
    {
        PaymentNews Read(string kind, string body) => Provider(Answering(HttpStatusCode.OK, "{}")).Read(new StoredCallback("stripe", "evt_1", kind, default, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(body)));
        Assert.Equal(new PaymentNews.Paid("o1", "pi_1", "acct_1", 2000, "USD"), Read("payment_intent.succeeded", $$$"""{"data":{"object":{{{Intent}}}}}"""));
        Assert.Equal(new PaymentNews.Paid("o1", "pi_1", "acct_2", 2000, "USD"), Read("payment_intent.succeeded", $$$"""{"account":"acct_2","data":{"object":{{{Intent}}}}}"""));
        Assert.IsType<PaymentNews.Other>(Read("payment_intent.succeeded", """{"data":{"object":{"id":"pi_1","metadata":{}}}}"""));
        Assert.IsType<PaymentNews.Other>(Read("charge.refunded", "{}"));
        Assert.Throws<InvalidDataException>(() => Read("payment_intent.succeeded", "no JSON"));
    }

    [Fact]
    public void What_is_missing_is_named() => Assert.Contains(
        "FindIntents", Assert.Throws<ArgumentException>(() => new StripeProvider(new StripeOptions { ApiKey = "k", Account = "a" }, new HttpClient(), TimeProvider.System)).Message, StringComparison.Ordinal);

    private static string Error(string code) => code.Length == 0 ? "{}" : $$$"""{"error":{"code":"{{{code}}}","message":"…","type":"invalid_request_error"}}""";

    private static StubWire Answering(HttpStatusCode status, string body) => new(_ => StubWire.Json(status, body));

    private static StripeProvider Provider(StubWire wire, string[]? intents = null, TimeSpan? timeout = null) => new(
        new StripeOptions
        {
            ApiKey = "sk_live_1",
            Account = "acct_1",
            FindIntents = (_, _) => ValueTask.FromResult<IReadOnlyList<string>>(intents ?? ["pi_1"]),
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        },
        wire.Client("https://api.stripe.com/"),
        TimeProvider.System);
}
