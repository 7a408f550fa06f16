using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>The contract of <see cref="IInboxHolds"/>, and of <see cref="IInbox.HandleHeldAsync"/>.</summary>
public abstract class InboxHoldsConformance : StoreConformance
{
    [Fact]
    public Task Only_the_first_of_a_key_is_due() => WithStoreAsync(async fixture =>
    {
        await HoldAsync(fixture, Held("a", 1), Held("b", 1), Held("a", 2));
        Assert.Equal(["a:1", "b:1"], (await DueAsync(fixture)).Select(NameOf).Order(StringComparer.Ordinal));
    });

    [Fact]
    public Task A_held_message_comes_back_as_it_was() => WithStoreAsync(async fixture =>
    {
        var message = new TransportMessage
        {
            Id = Guid.NewGuid(),
            Type = "number.v1",
            Topic = "topic",
            Key = "ключ 鍵 🔑",
            Payload = new byte[] { 0, 1, 2, 255 },
            Headers = new Dictionary<string, string> { ["header"] = "\"значение\"" },
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            TraceState = "vendor=1",
            PublishedAt = DateTimeOffset.UnixEpoch.AddYears(50).AddMilliseconds(123),
        };
        await HoldAsync(fixture, new HeldMessage { Consumer = "c", Message = message, Attempts = 3, DueIn = TimeSpan.Zero, Error = "why" });
        var held = Assert.Single(await DueAsync(fixture));
        Assert.Equal((3, "why", true), (held.Attempts, held.Error, held.HoldsKey));
        var back = held.Message;
        Assert.Equal((message.Id, message.Type, message.Topic, message.Key), (back.Id, back.Type, back.Topic, back.Key));
        Assert.Equal(message.Payload.ToArray(), back.Payload.ToArray());
        Assert.Equal(message.Headers, back.Headers);
        Assert.Equal((message.TraceParent, message.TraceState, message.PublishedAt), (back.TraceParent, back.TraceState, back.PublishedAt));
    });

    [Fact]
    public Task Holding_again_what_is_held_or_handled_changes_nothing() => WithStoreAsync(async fixture =>
    {
        var held = Held("a", 1);
        await HoldAsync(fixture, held);
        await HoldAsync(fixture, held with { Attempts = 7 });
        Assert.Equal(0, Assert.Single(await DueAsync(fixture)).Attempts);

        var handled = Message("b", 1);
        await fixture.Store.Inbox.HandleAsync("c", [handled], (_, _, _) => Task.CompletedTask, Token);
        await HoldAsync(fixture, new HeldMessage { Consumer = "c", Message = handled, DueIn = TimeSpan.Zero });
        Assert.Single(await DueAsync(fixture));
    });

    [Fact]
    public Task One_attempt_has_one_claimer_until_its_lease_is_over() => WithStoreAsync(async fixture =>
    {
        await HoldAsync(fixture, Held("a", 1));
        var held = Assert.Single(await DueAsync(fixture));
        Assert.True(await fixture.Store.InboxHolds.TryClaimAsync(held, TimeSpan.FromMilliseconds(300), Token));
        Assert.False(await fixture.Store.InboxHolds.TryClaimAsync(held, LongLease, Token));
        await EventuallyAsync(async () => await fixture.Store.InboxHolds.TryClaimAsync(held, LongLease, Token), "the claim runs out");
    });

    [Fact]
    public Task A_failed_attempt_is_remembered_with_its_delay_and_reason() => WithStoreAsync(async fixture =>
    {
        await HoldAsync(fixture, Held("a", 1));
        var held = Assert.Single(await DueAsync(fixture));
        await fixture.Store.InboxHolds.UpdateAsync(held with { Attempts = 1, DueIn = TimeSpan.FromMinutes(1), Error = "why" }, Token);
        Assert.Empty(await fixture.Store.InboxHolds.ListDueAsync(["c"], TimeSpan.FromSeconds(1), 10, Token));
        var later = Assert.Single(await DueAsync(fixture));
        Assert.Equal((1, "why"), (later.Attempts, later.Error));
        Assert.InRange(later.DueIn!.Value, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(61));
        Assert.False(await fixture.Store.InboxHolds.TryClaimAsync(later, LongLease, Token));
    });

    [Fact]
    public Task A_parked_message_is_not_due_and_its_key_waits_or_goes_on_as_it_says() => WithStoreAsync(async fixture =>
    {
        await HoldAsync(fixture, Held("a", 1) with { DueIn = null }, Held("a", 2), Held("b", 1) with { DueIn = null, HoldsKey = false }, Held("b", 2));
        Assert.Equal(["b:2"], (await DueAsync(fixture)).Select(NameOf));
    });

    [Fact]
    public Task Handling_a_held_message_removes_it_claims_it_and_commits_its_effects_together() => WithStoreAsync(async fixture =>
    {
        await HoldAsync(fixture, Held("a", 1), Held("a", 2));
        var first = Assert.Single(await DueAsync(fixture));
        Assert.Equal(InboxOutcome.Handled, await HandleAsync(fixture, first));
        Assert.Equal("a:2", NameOf(Assert.Single(await DueAsync(fixture))));
        Assert.Equal(InboxOutcome.Duplicate, await HandleAsync(fixture, first));
        Assert.Equal([InboxOutcome.Duplicate], await fixture.Store.Inbox.HandleAsync("c", [first.Message], (_, _, _) => throw new InvalidOperationException(), Token));
        Assert.Equal(["a:1"], await fixture.EffectsAsync(Token));
    });

    [Fact]
    public Task A_held_message_whose_handler_throws_stays_held() => WithStoreAsync(async fixture =>
    {
        await HoldAsync(fixture, Held("a", 1));
        var held = Assert.Single(await DueAsync(fixture));
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await fixture.Store.Inbox.HandleHeldAsync(
            held,
            async (scope, token) =>
            {
                await fixture.AddEffectAsync(scope, "half", token);
                throw new InvalidTimeZoneException();
            },
            Token));
        Assert.Empty(await fixture.EffectsAsync(Token));
        Assert.Equal(InboxOutcome.Handled, await HandleAsync(fixture, Assert.Single(await DueAsync(fixture))));
    });

    private static HeldMessage Held(string key, int number) => new() { Consumer = "c", Message = Message(key, number), DueIn = TimeSpan.Zero };

    private static async Task HoldAsync(StoreFixture fixture, params HeldMessage[] messages) => await fixture.Store.InboxHolds.HoldAsync(messages, Token);

    private static async Task<IReadOnlyList<HeldMessage>> DueAsync(StoreFixture fixture) => await fixture.Store.InboxHolds.ListDueAsync(["c"], LongLease, 10, Token);

    private static async Task<InboxOutcome> HandleAsync(StoreFixture fixture, HeldMessage held) =>
        await fixture.Store.Inbox.HandleHeldAsync(held, async (scope, token) => await fixture.AddEffectAsync(scope, NameOf(held), token), Token);

    private static string NameOf(HeldMessage held) => $"{held.Message.Key}:{NumberOf(held.Message)}";
}
