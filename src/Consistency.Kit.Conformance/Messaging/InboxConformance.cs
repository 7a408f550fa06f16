using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>The contract of <see cref="IInbox"/>.</summary>
public abstract class InboxConformance : StoreConformance
{
    [Fact]
    public Task A_message_is_handled_once_however_often_it_is_delivered() => WithStoreAsync(async fixture =>
    {
        var message = Message("a", 1);
        Assert.Equal([InboxOutcome.Handled], await HandleAsync(fixture, "c", message));
        Assert.Equal([InboxOutcome.Duplicate], await HandleAsync(fixture, "c", message));
        Assert.Equal(["c:a:1"], await fixture.EffectsAsync(Token));
    });

    [Fact]
    public Task Each_consumer_handles_it_for_itself() => WithStoreAsync(async fixture =>
    {
        var message = Message("a", 1);
        await HandleAsync(fixture, "c", message);
        Assert.Equal([InboxOutcome.Handled], await HandleAsync(fixture, "d", message));
        Assert.Equal(["c:a:1", "d:a:1"], await fixture.EffectsAsync(Token));
    });

    [Fact]
    public Task A_handler_that_throws_leaves_neither_effect_nor_claim() => WithStoreAsync(async fixture =>
    {
        var message = Message("a", 1);
        var failure = await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await fixture.Store.Inbox.HandleAsync(
            "c",
            [message],
            async (_, scope, token) =>
            {
                await fixture.AddEffectAsync(scope, "half", token);
                throw new InvalidTimeZoneException("the handler's own");
            },
            Token));
        Assert.Equal("the handler's own", failure.Message);
        Assert.Empty(await fixture.EffectsAsync(Token));
        Assert.Equal([InboxOutcome.Handled], await HandleAsync(fixture, "c", message));
    });

    [Fact]
    public Task Messages_offered_together_are_handled_in_order_in_scopes_of_their_own() => WithStoreAsync(async fixture =>
    {
        var scopes = new HashSet<IServiceProvider>(ReferenceEqualityComparer.Instance);
        TransportMessage[] messages = [Message("a", 1), Message("b", 1), Message("a", 2)];
        await fixture.Store.Inbox.HandleAsync(
            "c",
            messages,
            async (index, scope, token) =>
            {
                Assert.True(scopes.Add(scope));
                await fixture.AddEffectAsync(scope, $"{messages[index].Key}:{NumberOf(messages[index])}", token);
            },
            Token);
        Assert.Equal(["a:1", "b:1", "a:2"], await fixture.EffectsAsync(Token));
    });

    [Fact]
    public Task Of_messages_offered_together_only_the_new_ones_are_handled() => WithStoreAsync(async fixture =>
    {
        TransportMessage[] messages = [Message("a", 1), Message("a", 2), Message("a", 3)];
        await HandleAsync(fixture, "c", messages[1]);
        Assert.Equal([InboxOutcome.Handled, InboxOutcome.Duplicate, InboxOutcome.Handled], await HandleAsync(fixture, "c", messages));
        Assert.Equal(["c:a:2", "c:a:1", "c:a:3"], await fixture.EffectsAsync(Token));
    });

    [Fact]
    public Task When_one_of_those_offered_together_fails_nothing_is_left_of_any() => WithStoreAsync(async fixture =>
    {
        TransportMessage[] messages = [Message("a", 1), Message("b", 1)];
        await Assert.ThrowsAsync<InvalidTimeZoneException>(async () => await fixture.Store.Inbox.HandleAsync(
            "c",
            messages,
            async (index, scope, token) =>
            {
                await fixture.AddEffectAsync(scope, "x", token);
                if (index == 1)
                {
                    throw new InvalidTimeZoneException();
                }
            },
            Token));
        Assert.Empty(await fixture.EffectsAsync(Token));
        Assert.Equal([InboxOutcome.Handled, InboxOutcome.Handled], await HandleAsync(fixture, "c", messages));
    });

    [Fact]
    public Task A_message_that_is_being_handled_elsewhere_is_waited_for() => WithStoreAsync(async fixture =>
    {
        var message = Message("a", 1);
        var entered = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        var first = Task.Run(async () => await fixture.Store.Inbox.HandleAsync(
            "c",
            [message],
            async (_, scope, token) =>
            {
                await fixture.AddEffectAsync(scope, "once", token);
                entered.SetResult();
                await finish.Task;
            },
            Token));
        await entered.Task.WaitAsync(Patience, TimeProvider.System, Token);
        var second = Task.Run(async () => await HandleAsync(fixture, "c", message));
        finish.SetResult();
        Assert.Equal([InboxOutcome.Handled], await first);
        Assert.Equal([InboxOutcome.Duplicate], await second);
        Assert.Equal(["once"], await fixture.EffectsAsync(Token));
    });

    [Fact]
    public Task A_message_behind_a_held_one_of_its_key_is_not_handled() => WithStoreAsync(async fixture =>
    {
        await fixture.Store.InboxHolds.HoldAsync([new HeldMessage { Consumer = "c", Message = Message("a", 1), DueIn = LongLease }], Token);
        Assert.Equal([InboxOutcome.KeyHeld, InboxOutcome.Handled], await HandleAsync(fixture, "c", Message("a", 2), Message("b", 1)));
        Assert.Equal([InboxOutcome.Handled], await HandleAsync(fixture, "c", Message("a", 3, topic: "another topic")));
        Assert.Equal([InboxOutcome.Handled], await HandleAsync(fixture, "d", Message("a", 4)));
        Assert.Equal(["c:b:1", "c:a:3", "d:a:4"], await fixture.EffectsAsync(Token));
    });

    [Fact]
    public Task A_message_that_was_turned_away_for_its_key_has_left_no_claim() => WithStoreAsync(async fixture =>
    {
        var known = Message("a", 1);
        var message = Message("a", 3);
        Assert.Equal([InboxOutcome.Handled], await HandleAsync(fixture, "c", known));
        await fixture.Store.InboxHolds.HoldAsync([new HeldMessage { Consumer = "c", Message = Message("a", 2), DueIn = LongLease }], Token);
        Assert.Equal([InboxOutcome.Duplicate], await HandleAsync(fixture, "c", known));
        Assert.Equal([InboxOutcome.KeyHeld], await HandleAsync(fixture, "c", message));
        var held = Assert.Single(await fixture.Store.InboxHolds.ListDueAsync(["c"], 2 * LongLease, 10, Token));
        await fixture.Store.InboxHolds.UpdateAsync(held with { HoldsKey = false }, Token);
        Assert.Equal([InboxOutcome.Handled], await HandleAsync(fixture, "c", message));
        Assert.Equal(["c:a:1", "c:a:3"], await fixture.EffectsAsync(Token));
    });

    [Fact]
    public Task A_header_that_lies_about_the_trace_is_no_obstacle() => WithStoreAsync(async fixture =>
    {
        var lying = new TransportMessage
        {
            Id = Guid.NewGuid(),
            Type = "number.v1",
            Topic = "topic",
            Key = "a",
            Payload = "1"u8.ToArray(),
            TraceParent = new string('x', 300),
            TraceState = new string('y', 5_000),
        };
        await fixture.Store.InboxHolds.HoldAsync([new HeldMessage { Consumer = "held", Message = lying, DueIn = TimeSpan.Zero }], Token);
        Assert.Single(await fixture.Store.InboxHolds.ListDueAsync(["held"], LongLease, 10, Token));
        Assert.Equal([InboxOutcome.Handled], await HandleAsync(fixture, "c", lying));
    });

    [Fact]
    public Task Only_what_was_handled_before_the_retention_is_forgotten() => WithStoreAsync(async fixture =>
    {
        TransportMessage[] messages = [.. Enumerable.Range(0, 5).Select(number => Message("a", number))];
        await HandleAsync(fixture, "c", messages);
        Assert.Equal(0, await fixture.Store.Inbox.CollectAsync(LongLease, 100, Token));
        Assert.Equal([InboxOutcome.Duplicate], await HandleAsync(fixture, "c", messages[0]));

        // Handled a moment ago is long ago, when nothing is to be remembered.
        await EventuallyAsync(async () => await fixture.Store.Inbox.CollectAsync(TimeSpan.FromTicks(1), 2, Token) == 2, "two are forgotten");
        Assert.Equal(2, await fixture.Store.Inbox.CollectAsync(TimeSpan.FromTicks(1), 2, Token));
        Assert.Equal(1, await fixture.Store.Inbox.CollectAsync(TimeSpan.FromTicks(1), 2, Token));
    });

    private static async Task<IReadOnlyList<InboxOutcome>> HandleAsync(StoreFixture fixture, string consumer, params TransportMessage[] messages) =>
        await fixture.Store.Inbox.HandleAsync(
            consumer,
            messages,
            async (index, scope, token) => await fixture.AddEffectAsync(scope, $"{consumer}:{messages[index].Key}:{NumberOf(messages[index])}", token),
            Token);
}
