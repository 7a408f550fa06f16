using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments;
using Consistency.Kit.Testing.Payments;

namespace Consistency.Kit.Testing.Tests.Payments;

public sealed class PaymentSimulatorTests
{
    private const string Secret = "secret";

    [Fact]
    public async Task An_order_is_paid_closed_and_refunded_as_at_a_provider()
    {
        await using var simulator = PaymentSimulator.Start(new PaymentSimulatorOptions());
        using var http = new HttpClient { BaseAddress = simulator.Address };
        var provider = new SimulatedProvider(http);
        var token = TestContext.Current.CancellationToken;

        Assert.IsType<PaymentNews.Pending>(Assert.Single(await provider.QueryAsync("o 1", token)));
        await provider.CloseAsync("o 1", token);
        Assert.IsType<PaymentNews.Closed>(Assert.Single(await provider.QueryAsync("o 1", token)));
        var late = simulator.Pay("o 1", 100, "CNY");
        await provider.CloseAsync("o 1", token);
        Assert.Equal(new PaymentNews.Paid("o 1", late.TransactionId, "shop", 100, "CNY"), Assert.Single(await provider.QueryAsync("o 1", token)));

        PaymentRefund Refund(string number, long amount) => new(number, "o 1", late.TransactionId, amount, 100, "CNY", "test");
        Assert.Equal(RefundStatus.Done, await provider.RefundAsync(Refund("r1", 60), token));
        Assert.Equal(RefundStatus.Done, await provider.RefundAsync(Refund("r1", 60), token));
        Assert.Equal(RefundStatus.Refused, await provider.RefundAsync(Refund("r1", 50), token));
        Assert.Equal(RefundStatus.Refused, await provider.RefundAsync(Refund("r2", 41), token));
        Assert.Equal(new SimulatedRefund("r1", late.TransactionId, 60), Assert.Single(simulator.Refunds));
        using var statement = new StringWriter();
        simulator.WriteStatement(statement);
        Assert.Equal(3, statement.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_charge_is_made_once_for_each_key_and_never_for_a_closed_order()
    {
        await using var simulator = PaymentSimulator.Start(new PaymentSimulatorOptions());
        using var http = new HttpClient { BaseAddress = simulator.Address };
        var provider = new SimulatedProvider(http);
        var token = TestContext.Current.CancellationToken;

        var first = await provider.ChargeAsync("key 1", "o 1", 100, "CNY", token);
        Assert.NotNull(first);
        Assert.Equal(first, await provider.ChargeAsync("key 1", "o 1", 100, "CNY", token));
        await Assert.ThrowsAsync<HttpRequestException>(() => provider.ChargeAsync("key 1", "o 1", 200, "CNY", token));
        Assert.NotEqual(first, await provider.ChargeAsync("key 2", "o 1", 100, "CNY", token));
        await provider.CloseAsync("o 2", token);
        Assert.Null(await provider.ChargeAsync("key 3", "o 2", 100, "CNY", token));
        Assert.Equal(["o 1", "o 1"], simulator.Payments.Select(payment => payment.OrderNumber));
        Assert.Empty(simulator.Acknowledged);
    }

    [Fact]
    public async Task Callbacks_are_lost_doubled_forged_and_sent_again_until_they_are_acknowledged()
    {
        // A simulator serves as the application too: it answers 404 to a callback, which is no acknowledgement.
        await using var application = PaymentSimulator.Start(new PaymentSimulatorOptions());
        await using var simulator = PaymentSimulator.Start(new PaymentSimulatorOptions
        {
            CallbackAddress = new Uri(application.Address, "callbacks"),
            Lost = 0.5,
            Doubled = 0.5,
            Forged = 0.5,
            MaxDelay = TimeSpan.Zero,
            MaxRetries = 2,
            Retries = [TimeSpan.FromMilliseconds(1)],
        });
        for (var i = 0; i < 20; i++)
        {
            simulator.Pay($"o{i}", 100 + i, "CNY");
        }

        Assert.InRange(simulator.CallbacksLost, 1, 19);
        Assert.InRange(simulator.CallbacksDoubled, 1, 19);
        var expected = 3 * (20 - simulator.CallbacksLost + simulator.CallbacksDoubled);
        var deadline = TimeProvider.System.GetTimestamp();
        while ((simulator.CallbacksSent < expected || simulator.ForgedSent == 0) && TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(30))
        {
            await Task.Yield();
        }

        Assert.Equal(expected, simulator.CallbacksSent);
        Assert.InRange(simulator.ForgedSent, 1, 19);
        Assert.Equal(0, simulator.ForgedAccepted);
    }

    [Fact]
    public async Task The_verifier_believes_the_secret_only()
    {
        var body = """{"transaction":"t1","order":"o1","merchant":"shop","amount":1,"currency":"CNY"}"""u8.ToArray();
        var signature = Convert.ToHexString(System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body));
        async Task<CallbackVerdict> AskAsync(string secret) => await new SimulatedVerifier(secret).VerifyAsync(
            new CallbackRequest(new Dictionary<string, string> { ["Simulator-Signature"] = signature }, body, DateTimeOffset.UnixEpoch), TestContext.Current.CancellationToken);
        Assert.Equal(new CallbackVerdict.Genuine("t1", "paid"), await AskAsync(Secret));
        Assert.Equal(new CallbackVerdict.Forged(CallbackRefusal.BadSignature), await AskAsync("another"));
    }
}
