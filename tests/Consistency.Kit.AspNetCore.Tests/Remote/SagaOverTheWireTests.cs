using Consistency.Kit.Remote;
using Consistency.Kit.Sagas;
using Consistency.Kit.Testing.Sagas;

namespace Consistency.Kit.AspNetCore.Tests.Remote;

/// <summary>A saga whose participant is another service, behind a network that loses and delays.</summary>
public sealed class SagaOverTheWireTests
{
    [Fact]
    public async Task A_participant_acts_once_however_many_replies_are_lost()
    {
        await using var wallet = await WalletWeb.StartAsync(onWire: true);
        using var network = new Faults { LostReplies = 3 };
        var result = await RunAsync(wallet, network, new Freeze(30));
        Assert.Equal(SagaEnd.Completed, result.End);
        Assert.Equal(4, result.Calls.Count(call => call.Step == "pay"));
        Assert.Equal((70, 0, 30), await wallet.ReadAsync());
    }

    [Fact]
    public async Task A_refusal_over_the_wire_turns_the_saga_back_with_its_reason()
    {
        await using var wallet = await WalletWeb.StartAsync(onWire: true);
        using var network = new Faults();
        var result = await RunAsync(wallet, network, new Freeze(300));
        Assert.Equal((SagaEnd.Undone, "'pay' was refused: balance not enough"), (result.End, result.Reason));
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
    }

    [Fact]
    public async Task A_saga_that_turns_back_compensates_once_however_many_replies_are_lost()
    {
        await using var wallet = await WalletWeb.StartAsync(onWire: true);
        using var network = new Faults();
        using var http = new HttpClient(network) { BaseAddress = wallet.Web.Address };
        var result = await SagaTest.For(Saga(http)).LoseReply(PaymentSaga.Pay).LoseUndoReply(PaymentSaga.Pay, times: 3).Refuse(PaymentSaga.Ship).RunAsync(new Freeze(30));
        Assert.Equal(SagaEnd.Undone, result.End);
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
    }

    [Fact]
    public async Task An_action_that_arrives_after_its_compensation_does_nothing()
    {
        await using var wallet = await WalletWeb.StartAsync(onWire: true);
        using var network = new Faults { Holds = "op=action" };
        var result = await RunAsync(wallet, network, new Freeze(30));
        Assert.Equal(SagaEnd.Undone, result.End);
        var late = await network.DeliverAsync();
        Assert.NotEmpty(late);
        Assert.All(late, status => Assert.Equal(409, status));
        Assert.Equal((100, 0, 0), await wallet.ReadAsync());
    }

    [Fact]
    public async Task A_participant_that_is_still_at_it_is_asked_again_and_no_attempt_is_used_up()
    {
        await using var wallet = await WalletWeb.StartAsync(
            app =>
            {
                var asked = 0;
                app.MapPost("/payments", (HttpContext context) =>
                {
                    if (++asked <= 20)
                    {
                        context.Response.Headers.RetryAfter = "1000000";
                        return Results.Text("ONGOING", statusCode: 425);
                    }

                    return Results.Json(new { result = new { left = 7 } });
                });
            },
            onWire: true);
        using var network = new Faults();
        var result = await RunAsync(wallet, network, new Freeze(30));
        Assert.Equal(SagaEnd.Completed, result.End);
        Assert.Equal(21, result.Calls.Count(call => call.Step == "pay"));

        // As long as the participant asks for would be eleven days each.
        Assert.True(result.Events[^1].At - result.Events[0].At < TimeSpan.FromHours(3), result.ToString());
    }

    private static PaymentSaga Saga(HttpClient http) => new(new HttpParticipant(http, new Uri("/payments", UriKind.Relative)));

    private static async Task<SagaTestResult> RunAsync(WalletWeb wallet, Faults network, Freeze input)
    {
        using var http = new HttpClient(network) { BaseAddress = wallet.Web.Address };
        return await SagaTest.For(Saga(http)).RunAsync(input);
    }
}
