using Consistency.Kit.Conformance.Sagas.Internal;
using Consistency.Kit.Sagas;
using Consistency.Kit.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Conformance.Sagas;

/// <summary>What a saga promises, on a store of durable work.</summary>
public abstract class SagaConformance
{
    private static readonly OperatorNote Note = new("ada", "because");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store. The suite disposes it.</summary>
    protected abstract ValueTask<SagaStoreFixture> CreateAsync();

    [Fact]
    public Task A_saga_that_was_started_is_completed() => WithAsync(async (bench, fixture) =>
    {
        Assert.True(await bench.StartAsync<ProbeSaga>("1"));
        var saga = await bench.RestAsync("probe", "1", SagaStatus.Completed);
        Assert.Equal("p of 7", saga.ResultOf(ProbeSaga.Pivot).Text);
        Assert.NotNull(saga.EndedAt);
        Assert.Equal(["1/a/do", "1/b/do", "1/c/do", "1/p/do", "1/t/do"], (await fixture.EffectsAsync()).Order(StringComparer.Ordinal));
        Assert.Equal(["a/do", "p/do", "t/do"], bench.Probe.Calls.Where(call => call is not ("b/do" or "c/do")));
        var history = await bench.HistoryAsync(saga);
        Assert.Equal("completed", history[^1].Name);
        Assert.Equal(5, history.Count(line => line.Name == "step-done"));
    });

    [Fact]
    public Task A_refused_pivot_undoes_everything_in_reverse() => WithAsync(async (bench, fixture) =>
    {
        bench.Probe.Refuse("p/do");
        await bench.StartAsync<ProbeSaga>("1");
        var saga = await bench.RestAsync("probe", "1", SagaStatus.Undone);
        Assert.Equal("'p' was refused: no", saga.Reason);
        Assert.Equal(SagaDirection.Backward, saga.Direction);
        Assert.Equal(["b/undo", "c/undo"], bench.Probe.Calls.SkipWhile(call => call != "p/do").Skip(1).Take(2).Order(StringComparer.Ordinal));
        Assert.Equal("a/undo", bench.Probe.Calls[^1]);
        Assert.Equal(7, bench.Probe.Calls.Count);
        var history = (await bench.HistoryAsync(saga)).Select(line => line.Name).ToList();
        Assert.True(history.IndexOf("turned") < history.IndexOf("undo-done"));
        Assert.Contains("1/a/undo", await fixture.EffectsAsync());
    });

    [Fact]
    public Task A_step_that_fails_is_tried_again_with_its_delay_in_the_history() => WithAsync(async (bench, _) =>
    {
        bench.Probe.Fail("a/do", 2).Fail("b/do", 2).Fail("t/do", 2);
        await bench.StartAsync<ProbeSaga>("1");
        var saga = await bench.RestAsync("probe", "1", SagaStatus.Completed);
        Assert.Equal([3, 3, 1, 1, 3], saga.Steps.Select(step => step.Attempts));
        var failures = (await bench.HistoryAsync(saga)).Where(line => line.Name == "step-failed").ToList();
        Assert.Equal(6, failures.Count);
        Assert.All(failures, line => Assert.Contains("\"until\":", System.Text.Encoding.UTF8.GetString(line.Detail.Span), StringComparison.Ordinal));
    });

    [Fact]
    public Task A_step_whose_outcome_stays_unknown_turns_the_saga_back_and_is_undone() => WithAsync(async (bench, _) =>
    {
        bench.Probe.Fail("b/do");
        await bench.StartAsync<ProbeSaga>("1");
        await bench.RestAsync("probe", "1", SagaStatus.Undone);
        Assert.Contains("b/undo-unknown", bench.Probe.Calls);
        Assert.Contains("c/undo", bench.Probe.Calls);
        Assert.DoesNotContain("p/do", bench.Probe.Calls);
    });

    [Fact]
    public Task What_a_step_wrote_that_was_not_done_is_rolled_back() => WithAsync(async (bench, fixture) =>
    {
        Assert.SkipUnless(fixture.JoinsTransactions, "Not promised here: effects are not in the store's transaction.");
        bench.Probe.Fail("a/do", 2).Refuse("c/do").Fail("a/undo", 1);
        await bench.StartAsync<ProbeSaga>("1");
        await bench.RestAsync("probe", "1", SagaStatus.Undone);
        var effects = await fixture.EffectsAsync();
        Assert.Equal(3, bench.Probe.Calls.Count(call => call == "a/do"));
        Assert.Single(effects, effect => effect == "1/a/do");
        Assert.Single(effects, effect => effect == "1/a/undo");
        Assert.DoesNotContain("1/c/do", effects);
    });

    [Fact]
    public Task A_pivot_that_stays_unknown_is_asked_for_and_parked_and_never_undone() => WithAsync(async (bench, _) =>
    {
        bench.Probe.Fail("p/do").Fail("p/check");
        await bench.StartAsync<ProbeSaga>("1");
        var saga = await bench.RestAsync("probe", "1", SagaStatus.Parked);
        Assert.Contains("p/check", bench.Probe.Calls);
        Assert.DoesNotContain("a/undo", bench.Probe.Calls);
        Assert.True(saga.Steps.Single(step => step.Name == "p").IsParked);
        Assert.Equal(saga.WorkId, Assert.Single(await bench.Store.Reader.ListParkedAsync(null, 10, Token)).Id);

        // The other side said that it did not happen.
        Assert.Equal(WorkIntervened.Applied, await bench.Operations.CompensateAsync("probe", "1", Note, Token));
        await bench.RestAsync("probe", "1", SagaStatus.Undone);
        Assert.Contains(await bench.HistoryAsync(saga), line => line is { Name: "turned", Actor: "ada" });
    });

    [Fact]
    public Task An_undo_that_fails_for_ever_parks_its_saga_and_no_other() => WithAsync(async (bench, _) =>
    {
        bench.Probe.Refuse("p/do").Fail("b/undo");
        await bench.StartAsync<ProbeSaga>("1");
        await bench.RestAsync("probe", "1", SagaStatus.Parked);
        Assert.Contains("c/undo", bench.Probe.Calls);
        bench.Probe.Heal("p/do");
        await bench.StartAsync<ProbeSaga>("2");
        await bench.RestAsync("probe", "2", SagaStatus.Completed);

        Assert.Equal(WorkIntervened.NotAllowed, await bench.Operations.SkipStepAsync("probe", "1", "a", Note, Token));
        Assert.Equal(WorkIntervened.Applied, await bench.Operations.SkipStepAsync("probe", "1", "b", Note, Token));
        var saga = await bench.RestAsync("probe", "1", SagaStatus.Undone);
        Assert.Contains(await bench.HistoryAsync(saga), line => line is { Name: "skip-step", Step: "b", Actor: "ada" });
        Assert.Equal("a/undo", bench.Probe.Calls[^1]);
    });

    [Fact]
    public Task A_parked_step_is_tried_again_when_an_operator_says_so() => WithAsync(async (bench, _) =>
    {
        bench.Probe.Fail("t/do");
        await bench.StartAsync<ProbeSaga>("1");
        await bench.RestAsync("probe", "1", SagaStatus.Parked);
        Assert.Equal(WorkIntervened.NotAllowed, await bench.Operations.CompensateAsync("probe", "1", Note, Token));
        bench.Probe.Heal("t/do");
        Assert.Equal(WorkIntervened.Applied, await bench.Operations.RetryAsync("probe", "1", Note, Token));
        await bench.RestAsync("probe", "1", SagaStatus.Completed);
        Assert.Equal(WorkIntervened.NotAllowed, await bench.Operations.RetryAsync("probe", "1", Note, Token));
        Assert.Equal(WorkIntervened.NotFound, await bench.Operations.RetryAsync("probe", "2", Note, Token));
    });

    [Fact]
    public Task A_parked_saga_is_ended_by_hand_when_an_operator_says_so() => WithAsync(async (bench, _) =>
    {
        bench.Probe.Fail("t/do");
        await bench.StartAsync<ProbeSaga>("1");
        await bench.RestAsync("probe", "1", SagaStatus.Parked);
        Assert.Equal(WorkIntervened.Applied, await bench.Operations.ResolveAsync("probe", "1", Note, Token));
        await bench.RestAsync("probe", "1", SagaStatus.Resolved);
    });

    [Fact]
    public Task The_same_id_is_the_same_saga_and_another_input_is_refused() => WithAsync(async (bench, _) =>
    {
        Assert.True(await bench.StartAsync<ProbeSaga>("1"));
        Assert.False(await bench.StartAsync<ProbeSaga>("1"));
        await bench.RestAsync("probe", "1", SagaStatus.Completed);
        Assert.False(await bench.StartAsync<ProbeSaga>("1"));
        await Assert.ThrowsAsync<WorkKeyReusedException>(() => bench.StartAsync<ProbeSaga>("1", 8));
        Assert.Single(bench.Probe.Calls, call => call == "a/do");
    });

    [Fact]
    public Task A_signal_wakes_the_saga_that_waits_for_it() => WithAsync(async (bench, _) =>
    {
        await bench.StartAsync<WaitingSaga>("1");
        await Bench.UntilAsync(async () => await bench.IsWaitingAsync("1"), "it waits");
        Assert.Equal(WorkSignalled.Stored, await bench.SignalAsync("1", "first"));
        Assert.NotEqual(WorkSignalled.Stored, await bench.SignalAsync("1", "second"));
        Assert.Equal("first", (await bench.RestAsync("waiting", "1", SagaStatus.Completed)).ResultOf(ProbeSaga.Pivot).Text);
        Assert.Equal(WorkSignalled.Ended, await bench.SignalAsync("1", "third"));
        Assert.Equal(WorkSignalled.NotFound, await bench.SignalAsync("2", "first"));
    });

    [Fact]
    public Task A_signal_may_come_before_the_saga_waits_for_it() => WithAsync(async (bench, _) =>
    {
        bench.Probe.Gate = new TaskCompletionSource();
        await bench.StartAsync<WaitingSaga>("1");
        await Bench.UntilAsync(() => Task.FromResult(bench.Probe.Calls.Count > 0), "its first step runs");
        Assert.Equal(WorkSignalled.Stored, await bench.SignalAsync("1", "early"));
        bench.Probe.Gate.SetResult();
        Assert.Equal("early", (await bench.RestAsync("waiting", "1", SagaStatus.Completed)).ResultOf(ProbeSaga.Pivot).Text);
    });

    [Fact]
    public Task Many_signals_that_come_whenever_they_like_are_all_seen() => WithAsync(async (bench, _) =>
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async number =>
        {
            await bench.StartAsync<WaitingSaga>($"{number}");
            await bench.SignalAsync($"{number}", $"go {number}");
        }));
        for (var number = 0; number < 40; number++)
        {
            Assert.Equal($"go {number}", (await bench.RestAsync("waiting", $"{number}", SagaStatus.Completed)).ResultOf(ProbeSaga.Pivot).Text);
        }
    });

    [Fact]
    public Task A_signal_that_does_not_come_in_time_turns_the_saga_back() => WithAsync(async (bench, _) =>
    {
        await bench.StartAsync<HastySaga>("1");
        var saga = await bench.RestAsync("hasty", "1", SagaStatus.Undone);
        Assert.Equal(["a/do", "a/undo"], bench.Probe.Calls);
        Assert.StartsWith("'go' did not come within", saga.Reason, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_saga_that_waits_is_turned_back_when_an_operator_says_so() => WithAsync(async (bench, _) =>
    {
        await bench.StartAsync<WaitingSaga>("1");
        await Bench.UntilAsync(async () => await bench.IsWaitingAsync("1"), "it waits");
        Assert.Equal(WorkIntervened.Applied, await bench.Operations.CompensateAsync("waiting", "1", Note, Token));
        await bench.RestAsync("waiting", "1", SagaStatus.Undone);
        Assert.Equal(["a/do", "a/undo"], bench.Probe.Calls);
    });

    [Fact]
    public Task An_input_that_no_longer_deserializes_is_parked_and_others_go_on() => WithAsync(async (bench, _) =>
    {
        var type = SagaDefinition.Of<ProbeSaga, ProbeInput>();
        await bench.Store.AddAsync(new NewWork { Scope = "saga/probe", Type = $"saga/{type}", Key = "1", Input = "{\"Number\":\"x\"}"u8.ToArray() }, Token);
        await bench.StartAsync<ProbeSaga>("2");
        await bench.RestAsync("probe", "2", SagaStatus.Completed);
        var saga = await bench.RestAsync("probe", "1", SagaStatus.Parked);
        Assert.StartsWith("JsonException", saga.Reason, StringComparison.Ordinal);
    });

    [Fact]
    public Task An_instance_that_stops_in_the_middle_is_replaced_by_another_one() => WithAsync(async (bench, fixture) =>
    {
        Assert.SkipUnless(fixture.IsShared, "Not promised here: what this store keeps is gone with its process.");
        bench.Probe.Gate = new TaskCompletionSource();
        await bench.StartAsync<ProbeSaga>("1");
        await Bench.UntilAsync(() => Task.FromResult(bench.Probe.Calls.Contains("a/do")), "its first step runs");
        await bench.StopAsync();
        bench.Probe.Gate = null;
        await using var second = await Bench.StartAsync(fixture, bench.Probe, Both);
        await second.RestAsync("probe", "1", SagaStatus.Completed);
    });

    [Fact]
    public Task Versions_run_side_by_side_and_none_is_parked_that_somebody_knows() => WithAsync(async (bench, fixture) =>
    {
        Assert.SkipUnless(fixture.IsShared, "Not promised here: what this store keeps is gone with its process.");
        await bench.StartAsync<WaitingSaga>("old-1");
        await bench.StartAsync<WaitingSaga>("old-2");
        await using (var next = await Bench.StartAsync(fixture, bench.Probe, kit => kit.AddSaga<NextWaitingSaga, ProbeInput>()))
        {
            await next.StartAsync<NextWaitingSaga>("new-1");
            await next.SignalAsync("new-1", "go");
            Assert.Equal("p of 7", (await next.RestAsync("waiting", "new-1", SagaStatus.Completed)).ResultOf(ProbeSaga.Pivot).Text);

            // This one is known to the other instance only.
            await next.SignalAsync("old-1", "go");
            Assert.Equal("waiting/1", string.Join('/', (await bench.RestAsync("waiting", "old-1", SagaStatus.Completed)).Definition.Split('/')[..2]));
        }

        await Bench.UntilAsync(async () => await bench.IsWaitingAsync("old-2"), "it waits");
        await bench.StopAsync();
        await using var last = await Bench.StartAsync(fixture, bench.Probe, kit => kit.AddSaga<NextWaitingSaga, ProbeInput>(saga => saga.WithPrevious<WaitingSaga>()));
        await last.SignalAsync("old-2", "go");
        Assert.Equal("go", (await last.RestAsync("waiting", "old-2", SagaStatus.Completed)).ResultOf(ProbeSaga.Pivot).Text);
        Assert.Empty(await last.Store.Reader.ListParkedAsync(null, 10, Token));
    });

    private static void Both(ConsistencyKitBuilder kit) => kit.AddSaga<ProbeSaga, ProbeInput>().AddSaga<WaitingSaga, ProbeInput>().AddSaga<HastySaga, ProbeInput>();

    private async Task WithAsync(Func<Bench, SagaStoreFixture, Task> fact)
    {
        await using var fixture = await CreateAsync();
        await using var bench = await Bench.StartAsync(fixture, new SagaProbe(fixture), Both);
        await fact(bench, fixture);
    }

    /// <summary>One instance of the application.</summary>
    private sealed class Bench(IHost host, SagaProbe probe) : IAsyncDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
        private bool _isStopped;

        internal SagaProbe Probe => probe;

        internal ISagas Sagas { get; } = host.Services.GetRequiredService<ISagas>();

        internal ISagaOperations Operations { get; } = host.Services.GetRequiredService<ISagaOperations>();

        internal WorkStore Store { get; } = host.Services.GetRequiredService<WorkStore>();

        internal static async Task<Bench> StartAsync(SagaStoreFixture fixture, SagaProbe probe, Action<ConsistencyKitBuilder> add) => new(
            await fixture.StartAsync(kit =>
            {
                kit.Services.AddSingleton(probe);
                kit.ConfigureWork(work => (work.PollInterval, work.Lease) = (TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2)));
                add(kit.UseJson(ProbeJson.Default));
            }),
            probe);

        internal Task<bool> StartAsync<TSaga>(string id, int number = 7)
            where TSaga : class, ISaga<TSaga, ProbeInput> => Sagas.StartAsync<TSaga, ProbeInput>(id, new ProbeInput(number), Token);

        internal Task<WorkSignalled> SignalAsync(string id, string text) => Sagas.SignalAsync("waiting", id, WaitingSaga.Go, new ProbeResult(text), Token);

        internal async Task<SagaSnapshot> RestAsync(string saga, string id, SagaStatus expected)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
            patience.CancelAfter(Patience);
            try
            {
                var found = Assert.IsType<SagaSnapshot>(await Sagas.WaitAsync(saga, id, patience.Token));
                Assert.True(found.Status == expected, $"{found.Saga} is {found.Status}, not {expected}: {found.Reason}");
                return found;
            }
            catch (OperationCanceledException) when (!Token.IsCancellationRequested)
            {
                var found = await Sagas.FindAsync(saga, id, Token);
                var history = found is null ? [] : await HistoryAsync(found);
                throw new TimeoutException($"{saga}/{id} did not come to rest: {string.Join(", ", history.Select(line => $"{line.Name} {line.Step}"))}");
            }
        }

        internal async Task<bool> IsWaitingAsync(string id) =>
            await Sagas.FindAsync("waiting", id, Token) is { } saga
            && saga.Steps.Any(step => step is { Name: "go", Phase: StepPhase.Unknown })
            && await Store.Reader.FindAsync(saga.WorkId, Token) is { Owner: null };

        internal async Task<IReadOnlyList<WorkEvent>> HistoryAsync(SagaSnapshot saga) => await Store.Reader.ReadHistoryAsync(saga.WorkId, 0, Token);

        internal static async Task UntilAsync(Func<Task<bool>> condition, string what)
        {
            var started = TimeProvider.System.GetTimestamp();
            while (!await condition())
            {
                Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"This did not happen: {what}.");
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
            }
        }

        internal async Task StopAsync()
        {
            if (!_isStopped)
            {
                _isStopped = true;
                await host.StopAsync(Token);
            }
        }

        public async ValueTask DisposeAsync() => await StopAsync();
    }
}
