using Consistency.Kit.Sagas;
using Consistency.Kit.Testing.Sagas;

namespace Consistency.Kit.Testing.Tests.Sagas;

public sealed class SagaTestTests
{
    private readonly FakeShop _shop = new();

    [Fact]
    public async Task A_saga_that_nothing_befalls_is_completed()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).UseJson(CheckoutJson.Default).RunAsync(new Checkout("o-1", 2), "o-1");
        Assert.True(result.End == SagaEnd.Completed, result.ToString());
        AssertCompleted();
        Assert.Equal(["checkout/o-1/charge/do", "checkout/o-1/add-points/do"], _shop.Story[2..]);
        Assert.Equal(4, result.Calls.Count);
    }

    [Fact]
    public async Task A_refused_pivot_is_undone_in_reverse()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).Refuse(CheckoutSaga.Charge).RunAsync(new Checkout("o-1", 2));
        Assert.Equal(SagaEnd.Undone, result.End);
        Assert.Equal("'charge' was refused: a test wanted it to be", result.Reason);
        AssertUndone();
    }

    [Fact]
    public async Task A_refusal_of_the_business_is_a_refusal()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).RunAsync(new Checkout("o-1", 200));
        Assert.Equal(SagaEnd.Undone, result.End);
        Assert.Equal("'reserve-stock' was refused: out of stock", result.Reason);
        AssertUndone();
    }

    [Fact]
    public async Task A_lost_reply_and_a_lost_request_are_tried_again_with_the_same_key()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).LoseReply(CheckoutSaga.Stock, 2).LoseRequest(CheckoutSaga.Coupon, 2).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.End == SagaEnd.Completed, result.ToString());
        Assert.Equal(3, _shop.Story.Count(key => key == "checkout/test/reserve-stock/do"));
        AssertCompleted();
    }

    [Fact]
    public async Task A_step_whose_outcome_is_never_known_is_undone_too()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).LoseReply(CheckoutSaga.Coupon, 3).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.End == SagaEnd.Undone, result.ToString());
        Assert.Contains(_shop.Story, key => key == "checkout/test/take-coupon/undo");
        AssertUndone();
    }

    [Fact]
    public async Task A_refusal_after_a_lost_reply_is_undone_too()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).LoseReply(CheckoutSaga.Coupon).Refuse(CheckoutSaga.Coupon).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.End == SagaEnd.Undone, result.ToString());
        AssertUndone();
    }

    [Fact]
    public async Task A_pivot_whose_reply_was_lost_is_asked_for_and_not_run_again()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).LoseReply(CheckoutSaga.Charge).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.End == SagaEnd.Completed, result.ToString());
        Assert.Equal([SagaCallKind.Run, SagaCallKind.Check], result.Calls.Where(call => call.Step == "charge").Select(call => call.Kind));
        AssertCompleted();
    }

    [Fact]
    public async Task A_pivot_that_was_never_heard_of_is_run_again_and_parked_in_the_end()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).LoseRequest(CheckoutSaga.Charge, 3).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.IsParked, result.ToString());
        Assert.Null(result.End);
        Assert.Equal(0, _shop.Charged);
        Assert.Equal(2, _shop.Reserved);
    }

    [Fact]
    public async Task A_crash_before_or_after_any_step_changes_nothing()
    {
        foreach (var fault in new Func<SagaTest<CheckoutSaga, Checkout>, SagaTest<CheckoutSaga, Checkout>>[]
        {
            test => test.CrashBefore(CheckoutSaga.Stock), test => test.CrashAfter(CheckoutSaga.Stock),
            test => test.CrashBefore(CheckoutSaga.Coupon), test => test.CrashAfter(CheckoutSaga.Coupon),
            test => test.CrashBefore(CheckoutSaga.Charge), test => test.CrashAfter(CheckoutSaga.Charge),
            test => test.CrashBefore(CheckoutSaga.Points), test => test.CrashAfter(CheckoutSaga.Points),
        })
        {
            var shop = new FakeShop();
            var result = await fault(SagaTest.For(new CheckoutSaga(shop))).RunAsync(new Checkout("o-1", 2));
            Assert.True(result.End == SagaEnd.Completed, result.ToString());
            Assert.Equal(1, result.Crashes);
            Assert.Equal((2, 1, 1, 2), (shop.Reserved, shop.Coupons, shop.Charged, shop.Points));
        }
    }

    [Fact]
    public async Task A_crash_on_the_way_back_goes_on_back()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).Refuse(CheckoutSaga.Charge).CrashAfterUndo(CheckoutSaga.Stock).CrashAfterUndo(CheckoutSaga.Coupon).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.End == SagaEnd.Undone, result.ToString());
        Assert.InRange(result.Crashes, 1, 2);
        AssertUndone();
        Assert.Single(result.Calls, call => call.Step == "charge");
    }

    [Fact]
    public async Task An_undo_that_fails_for_ever_is_parked_and_the_others_go_on()
    {
        var result = await SagaTest.For(new CheckoutSaga(_shop)).Refuse(CheckoutSaga.Charge).LoseUndoReply(CheckoutSaga.Stock, 3).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.IsParked, result.ToString());
        Assert.Equal(0, _shop.Coupons);
        Assert.True(result.Progress.Steps.Single(step => step.Name == "reserve-stock").IsParked);
    }

    [Fact]
    public async Task A_signal_lets_the_saga_go_on_with_what_it_brings()
    {
        var result = await SagaTest.For(new ParcelSaga(_shop)).UseJson(CheckoutJson.Default).Signal(ParcelSaga.Delivery, new Delivered("Ada")).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.End == SagaEnd.Completed, result.ToString());
        Assert.Equal("""{"Number":"Ada"}""", System.Text.Encoding.UTF8.GetString(result.Events.Single(happened => happened is { Kind: SagaEventKind.StepDone, Step: "charge" }).Payload!.Value.Span));
    }

    [Fact]
    public async Task A_signal_that_does_not_come_in_time_turns_the_saga_back()
    {
        var result = await SagaTest.For(new ParcelSaga(_shop)).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.End == SagaEnd.Undone, result.ToString());
        Assert.Equal("'delivered' did not come within 00:30:00.", result.Reason);
        Assert.Equal((0, 0), (_shop.Coupons, _shop.Charged));
    }

    [Fact]
    public async Task A_saga_that_does_not_come_to_its_pivot_in_time_turns_back()
    {
        var result = await SagaTest.For(new ParcelSaga(_shop, polls: 100)).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.End == SagaEnd.Undone, result.ToString());
        Assert.Equal("It did not come to its pivot within 01:00:00.", result.Reason);
        Assert.Equal(6, result.Calls.Count);
    }

    [Fact]
    public async Task A_failure_that_is_final_is_not_tried_again()
    {
        var result = await SagaTest.For(new ParcelSaga(_shop, polls: 100, new NotSupportedException("no"))).RunAsync(new Checkout("o-1", 2));
        Assert.True(result.End == SagaEnd.Undone, result.ToString());
        Assert.Single(result.Calls);
        Assert.Equal("'take-coupon' gave up after 1 attempts: NotSupportedException: no", result.Reason);
    }

    [Fact]
    public async Task A_type_that_the_context_lacks_is_named() => Assert.Contains(
        "Saga 'checkout': Reservation cannot be stored: add [JsonSerializable(typeof(Reservation))] to PoorJson",
        (await Assert.ThrowsAsync<InvalidOperationException>(() => SagaTest.For(new CheckoutSaga(_shop)).UseJson(PoorJson.Default).RunAsync(new Checkout("o-1", 2)))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task A_fault_that_does_not_come_about_is_an_error() => Assert.Contains(
        "Refuse of 'charge'",
        (await Assert.ThrowsAsync<InvalidOperationException>(() => SagaTest.For(new CheckoutSaga(_shop)).Refuse(CheckoutSaga.Stock).Refuse(CheckoutSaga.Charge).RunAsync(new Checkout("o-1", 2)))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_step_of_another_saga_is_refused() =>
        Assert.Contains("has no 'charge-2'", Assert.Throws<ArgumentException>(() => SagaTest.For(new CheckoutSaga(_shop)).Refuse(new StepKey("charge-2"))).Message, StringComparison.Ordinal);

    private void AssertCompleted() => Assert.Equal((2, 1, 1, 2), (_shop.Reserved, _shop.Coupons, _shop.Charged, _shop.Points));

    private void AssertUndone() => Assert.Equal((0, 0, 0, 0), (_shop.Reserved, _shop.Coupons, _shop.Charged, _shop.Points));
}
