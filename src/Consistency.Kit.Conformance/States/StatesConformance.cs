using Consistency.Kit.States;
using Move = Consistency.Kit.States.StateMove<Consistency.Kit.Conformance.States.ProbeState>;

namespace Consistency.Kit.Conformance.States;

/// <summary>The contract of states that move by their map only.</summary>
public abstract class StatesConformance
{
    private static readonly StateCause Callback = new("callback", "event-1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store. The suite disposes it.</summary>
    protected abstract ValueTask<StatesFixture> CreateAsync();

    [Fact]
    public Task A_legal_move_changes_state_history_and_tells_once() => WithStoreAsync(async fixture =>
    {
        var id = await fixture.AddAsync(Token);
        var moved = Assert.IsType<Move.Moved>(await fixture.MoveAsync(0, id, ProbeState.Paid, Callback with { Actor = "provider" }, Token));
        Assert.Equal((ProbeState.Open, ProbeState.Paid, 1), (moved.From, moved.To, moved.Number));
        Assert.Equal(ProbeState.Paid, await fixture.ReadAsync(id, Token));
        var entry = Assert.Single(await fixture.HistoryAsync(id, Token));
        Assert.Equal((1, "Open", "Paid", Callback with { Actor = "provider" }), (entry.Number, entry.From, entry.To, entry.Cause));
        Assert.Equal(1, await fixture.CountMessagesAsync(id, Token));
    });

    [Fact]
    public Task A_repeat_changes_nothing_and_is_no_refusal() => WithStoreAsync(async fixture =>
    {
        var id = await fixture.AddAsync(Token);
        await fixture.MoveAsync(0, id, ProbeState.Paid, Callback, Token);
        Assert.Equal(new Move.Repeated(ProbeState.Paid), await fixture.MoveAsync(1, id, ProbeState.Paid, Callback, Token));
        Assert.Equal(new Move.Repeated(ProbeState.Paid), await fixture.MoveAsync(1, id, ProbeState.Paid, new StateCause("query"), Token));
        await AssertMovesAsync(fixture, id, ProbeState.Paid);
        Assert.Equal(0, await fixture.CountRefusalsAsync(id, Token));
    });

    [Fact]
    public Task Late_news_of_a_state_that_was_passed_changes_nothing() => WithStoreAsync(async fixture =>
    {
        var id = await fixture.AddAsync(Token);
        await fixture.MoveAsync(0, id, ProbeState.Paid, Callback, Token);
        await fixture.MoveAsync(0, id, ProbeState.Shipped, new StateCause("parcel"), Token);
        Assert.Equal(new Move.Repeated(ProbeState.Shipped), await fixture.MoveAsync(1, id, ProbeState.Paid, new StateCause("query"), Token));
        Assert.Equal(new Move.Repeated(ProbeState.Shipped), await fixture.MoveAsync(1, id, ProbeState.Open, new StateCause("query"), Token));
        await AssertMovesAsync(fixture, id, ProbeState.Paid, ProbeState.Shipped);
    });

    [Fact]
    public Task One_cause_makes_one_move_even_in_a_circle() => WithStoreAsync(async fixture =>
    {
        var id = await fixture.AddAsync(Token);
        await fixture.MoveAsync(0, id, ProbeState.Paid, Callback, Token);
        await fixture.MoveAsync(0, id, ProbeState.Disputed, new StateCause("callback", "event-2"), Token);
        Assert.Equal(new Move.Repeated(ProbeState.Disputed), await fixture.MoveAsync(1, id, ProbeState.Paid, Callback, Token));
        await AssertMovesAsync(fixture, id, ProbeState.Paid, ProbeState.Disputed);
        Assert.IsType<Move.Moved>(await fixture.MoveAsync(1, id, ProbeState.Paid, new StateCause("callback", "event-3"), Token));
        await AssertMovesAsync(fixture, id, ProbeState.Paid, ProbeState.Disputed, ProbeState.Paid);
    });

    [Theory]
    [InlineData(ProbeState.Shipped, "callback", StateVerdict.NoSuchMove)]
    [InlineData(ProbeState.Closed, "query", StateVerdict.NoSuchMove)]
    [InlineData(ProbeState.Closing, "callback", StateVerdict.WrongCause)]
    public Task An_illegal_move_is_a_value_and_is_recorded_once_for_each_cause(ProbeState to, string cause, StateVerdict verdict) => WithStoreAsync(async fixture =>
    {
        var id = await fixture.AddAsync(Token);
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(new Move.Illegal(ProbeState.Open, verdict), await fixture.MoveAsync(time % 2, id, to, new StateCause(cause, "event-1"), Token));
        }

        Assert.Equal(1, await fixture.CountRefusalsAsync(id, Token));
        await fixture.MoveAsync(0, id, to, new StateCause(cause, "event-2"), Token);
        Assert.Equal(2, await fixture.CountRefusalsAsync(id, Token));
        await AssertMovesAsync(fixture, id);
        Assert.Equal(ProbeState.Open, await fixture.ReadAsync(id, Token));
    });

    [Fact]
    public Task What_does_not_exist_is_a_value() => WithStoreAsync(async fixture =>
        Assert.IsType<Move.NotFound>(await fixture.MoveAsync(0, Guid.NewGuid(), ProbeState.Paid, Callback, Token)));

    [Theory]
    [InlineData("SUCCESS")]
    [InlineData("FINISHED")]
    public Task Words_of_another_system_move_to_what_they_mean(string word) => WithStoreAsync(async fixture =>
    {
        var id = await fixture.AddAsync(Token);
        Assert.IsType<Move.NoNews>(await fixture.MoveByWordAsync(id, "USERPAYING", Callback, Token));
        Assert.IsType<Move.Moved>(await fixture.MoveByWordAsync(id, word, Callback, Token));
        await AssertMovesAsync(fixture, id, ProbeState.Paid);
    });

    [Theory]
    [InlineData("success")]
    [InlineData("PAID_BY_MOONLIGHT")]
    [InlineData("'; DROP TABLE probe; --")]
    public Task An_unknown_word_moves_nothing_and_is_quarantined(string word) => WithStoreAsync(async fixture =>
    {
        var id = await fixture.AddAsync(Token);
        Assert.Equal(new Move.UnknownWord(StateProbe.System, word), await fixture.MoveByWordAsync(id, word, Callback, Token));
        Assert.Equal(new Move.UnknownWord(StateProbe.System, word), await fixture.MoveByWordAsync(id, word, Callback, Token));
        Assert.Equal(1, await fixture.CountRefusalsAsync(id, Token));
        await AssertMovesAsync(fixture, id);
    });

    [Fact]
    public Task Callback_query_and_operator_at_once_make_one_move() => WithStoreAsync(async fixture =>
    {
        var ids = await AddManyAsync(fixture, 12);
        string[] causes = ["callback", "query", "operator"];
        var outcomes = await Task.WhenAll(
            from id in ids
            from cause in causes
            from instance in (int[])[0, 1]
            select Task.Run(() => fixture.MoveAsync(instance, id, ProbeState.Paid, new StateCause(cause, $"{cause}-{instance}"), Token)));
        Assert.Equal(ids.Count, outcomes.OfType<Move.Moved>().Count());
        Assert.Equal(ids.Count * 5, outcomes.OfType<Move.Repeated>().Count());
        foreach (var id in ids)
        {
            await AssertMovesAsync(fixture, id, ProbeState.Paid);
        }
    });

    [Fact]
    public Task Whatever_races_a_state_never_goes_back_and_every_move_has_one_line() => WithStoreAsync(async fixture =>
    {
        var ids = await AddManyAsync(fixture, 8);
        (ProbeState To, string Cause)[] news = [(ProbeState.Paid, "callback"), (ProbeState.Closing, "timeout"), (ProbeState.Paid, "query"), (ProbeState.Closed, "query"), (ProbeState.Shipped, "parcel"), (ProbeState.Open, "query")];
        var outcomes = await Task.WhenAll(
            from id in ids
            from one in news
            from instance in (int[])[0, 1]
            select Task.Run(async () => (Id: id, Outcome: await fixture.MoveAsync(instance, id, one.To, new StateCause(one.Cause), Token))));
        foreach (var id in ids)
        {
            var history = await fixture.HistoryAsync(id, Token);
            Assert.Equal(outcomes.Count(pair => pair.Id == id && pair.Outcome is Move.Moved), history.Count);
            Assert.Equal(Enumerable.Range(1, history.Count), history.Select(entry => entry.Number));
            Assert.Equal(history.Count == 0 ? "Open" : history[^1].To, (await fixture.ReadAsync(id, Token)).ToString());
            Assert.True(history.Count(entry => entry.To == "Paid") <= 1);
            Assert.DoesNotContain(history, entry => entry.To == "Open");
        }

        Assert.Empty(await fixture.FindGhostsAsync(Token));
    });

    [Fact]
    public Task Ghosts_are_found_and_nothing_else() => WithStoreAsync(async fixture =>
    {
        var ids = await AddManyAsync(fixture, 4);
        await fixture.MoveAsync(0, ids[0], ProbeState.Paid, Callback, Token);
        await fixture.MoveAsync(0, ids[1], ProbeState.Paid, Callback, Token);
        Assert.Empty(await fixture.FindGhostsAsync(Token));

        await fixture.ChangeByHandAsync(ids[0], ProbeState.Shipped, Token);
        await fixture.ChangeByHandAsync(ids[2], ProbeState.Paid, Token);
        var ghosts = (await fixture.FindGhostsAsync(Token)).ToDictionary(ghost => Guid.Parse(ghost.Id), ghost => ghost.Kind);
        Assert.Equal(2, ghosts.Count);
        Assert.Equal(StateGhostKind.NotWhereItWent, ghosts[ids[0]]);
        Assert.Equal(StateGhostKind.WithoutHistory, ghosts[ids[2]]);

        await fixture.ChangeByHandAsync(ids[1], ProbeState.Open, Token);
        await fixture.MoveAsync(0, ids[1], ProbeState.Closing, new StateCause("timeout"), Token);
        Assert.Contains(await fixture.FindGhostsAsync(Token), ghost => Guid.Parse(ghost.Id) == ids[1] && ghost.Kind == StateGhostKind.BrokenHistory);
    });

    [Fact]
    public Task Two_systems_that_disagree_are_found() => WithStoreAsync(async fixture =>
    {
        var ids = await AddManyAsync(fixture, 4);
        await fixture.MoveAsync(0, ids[0], ProbeState.Paid, Callback, Token);
        var stranger = Guid.NewGuid();
        var ghosts = await fixture.CompareAsync(
            new Dictionary<string, string>
            {
                [ids[0].ToString()] = "FINISHED",
                [ids[1].ToString()] = "SUCCESS",
                [ids[2].ToString()] = "USERPAYING",
                [ids[3].ToString()] = "NEWS",
                [stranger.ToString()] = "SUCCESS",
                ["no guid"] = "CLOSED",
            },
            Token);
        Assert.Equal(
            new Dictionary<string, StateGhostKind>
            {
                [ids[1].ToString()] = StateGhostKind.Disagrees,
                [ids[3].ToString()] = StateGhostKind.UnknownWord,
                [stranger.ToString()] = StateGhostKind.Missing,
                ["no guid"] = StateGhostKind.Missing,
            },
            ghosts.ToDictionary(ghost => ghost.Id, ghost => ghost.Kind));
    });

    private static async Task<List<Guid>> AddManyAsync(StatesFixture fixture, int count)
    {
        var ids = new List<Guid>();
        for (var i = 0; i < count; i++)
        {
            ids.Add(await fixture.AddAsync(Token));
        }

        return ids;
    }

    private static async Task AssertMovesAsync(StatesFixture fixture, Guid id, params ProbeState[] states)
    {
        var history = await fixture.HistoryAsync(id, Token);
        Assert.Equal(states.Select(state => state.ToString()), history.Select(entry => entry.To));
        Assert.Equal(Enumerable.Range(1, states.Length), history.Select(entry => entry.Number));
        Assert.Equal(states.Length, await fixture.CountMessagesAsync(id, Token));
        Assert.Equal(states.LastOrDefault(ProbeState.Open), await fixture.ReadAsync(id, Token));
    }

    private async Task WithStoreAsync(Func<StatesFixture, Task> test)
    {
        await using var fixture = await CreateAsync();
        await test(fixture);
    }
}
