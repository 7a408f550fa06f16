using Consistency.Kit.Conformance.Sagas;
using Consistency.Kit.Tcc;
using Consistency.Kit.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Conformance.Tcc;

/// <summary>What a TCC promises, on a store of durable work: every branch is confirmed, or every branch is cancelled.</summary>
public abstract class TccConformance
{
    private static readonly TccBranch<int, int> Stock = new("stock");
    private static readonly TccBranch<int, int> Wallet = new("wallet");
    private static readonly TccBranch<int, int> Unknown = new("unknown");
    private static readonly BarrierAccount Untouched = new(100, 0, 0);
    private static readonly BarrierAccount Spent = new(99, 0, 1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store. The suite disposes it.</summary>
    protected abstract ValueTask<SagaStoreFixture> CreateAsync();

    [Fact]
    public Task When_every_try_is_done_every_branch_is_confirmed() => WithAsync(async (tcc, network) =>
    {
        var outcome = await tcc.RunAsync(
            "t",
            async (scope, token) =>
            {
                Assert.Equal(1, Assert.IsType<TryOutcome<int>.Done>(await scope.TryAsync(Stock, 7, token)).Reply);
                Assert.True((await scope.TryAsync(Wallet, 7, token)).IsDone);
            },
            Token);
        Assert.Equal((TccStatus.Confirmed, true, null), (outcome.Status, outcome.IsConfirmed, outcome.Reason));
        Assert.Equal(outcome, await tcc.FindAsync("t", Token));
        Holds(network, Spent, Spent);
        Assert.Equal(["t/01 try Done", "t/02 try Done"], network.Calls.Take(2));
        Assert.Equal(["t/01 confirm Done", "t/02 confirm Done"], network.Calls.Skip(2).Order(StringComparer.Ordinal));
    });

    [Fact]
    public Task Branches_may_be_tried_at_the_same_time() => WithAsync(async (tcc, network) =>
    {
        var outcome = await tcc.RunAsync("t", (scope, token) => Task.WhenAll(Enumerable.Range(0, 5).Select(number => scope.TryAsync(Stock, number, token))), Token);
        Assert.Equal(TccStatus.Confirmed, outcome.Status);
        Assert.All((string[])["01", "02", "03", "04", "05"], branch => Assert.Equal(Spent, network.AccountOf("t", branch)));
    });

    [Fact]
    public Task A_refused_try_cancels_whatever_its_caller_does_with_it() => WithAsync(async (tcc, network) =>
    {
        network.Next("t/01 try", TccFault.Refused);
        var outcome = await tcc.RunAsync(
            "t",
            async (scope, token) =>
            {
                Assert.Equal("no", Assert.IsType<TryOutcome<int>.Refused>(await scope.TryAsync(Stock, 1, token)).Refusal.Reason);
                Assert.NotNull(scope.Doom);
                Assert.IsType<TryOutcome<int>.Unanswered>(await scope.TryAsync(Wallet, 1, token));
            },
            Token);
        Assert.Equal((TccStatus.Cancelled, false, "Branch 01 'stock' was refused: no"), (outcome.Status, outcome.IsConfirmed, outcome.Reason));
        Assert.Equal(["t/01 try Refused", "t/01 cancel Empty"], network.Calls);
        Holds(network, Untouched);
    });

    [Theory]
    [InlineData(TccFault.ReplyLost)]
    [InlineData(TccFault.RequestLost)]
    [InlineData(TccFault.Error)]
    public Task A_try_that_stays_unanswered_cancels(TccFault fault) => WithAsync(async (tcc, network) =>
    {
        network.Next("t/02 try", Enumerable.Repeat(fault, 10));
        var outcome = await tcc.RunAsync("t", (scope, token) => Task.WhenAll(scope.TryAsync(Stock, 1, token), scope.TryAsync(Wallet, 1, token)), Token);
        Assert.Equal(TccStatus.Cancelled, outcome.Status);
        Assert.StartsWith("Branch 02 'wallet' gave no answer", outcome.Reason, StringComparison.Ordinal);
        Holds(network, Untouched, Untouched);
        network.Replay();
        Holds(network, Untouched, Untouched);
    });

    [Theory]
    [InlineData(TccFault.ReplyLost)]
    [InlineData(TccFault.RequestLost)]
    [InlineData(TccFault.Running)]
    public Task A_try_that_is_answered_in_the_end_is_done(TccFault fault) => WithAsync(async (tcc, network) =>
    {
        network.Next("t/01 try", fault);
        Assert.Equal(TccStatus.Confirmed, (await tcc.RunAsync("t", (scope, token) => scope.TryAsync(Stock, 1, token), Token)).Status);
        Holds(network, Spent);
    });

    [Fact]
    public Task What_the_tries_throw_cancels_and_is_thrown() => WithAsync(async (tcc, network) =>
    {
        var thrown = await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => tcc.RunAsync(
            "t",
            async (scope, token) =>
            {
                await scope.TryAsync(Stock, 1, token);
                throw new TimeZoneNotFoundException("secret");
            },
            Token));
        Assert.Equal("secret", thrown.Message);
        var found = await tcc.FindAsync("t", Token);
        Assert.Equal((TccStatus.Cancelled, "Its caller threw TimeZoneNotFoundException."), (found!.Status, found.Reason));
        Holds(network, Untouched);
    });

    [Fact]
    public Task A_caller_may_decide_to_cancel() => WithAsync(async (tcc, network) =>
    {
        var outcome = await tcc.RunAsync(
            "t",
            async (scope, token) =>
            {
                await scope.TryAsync(Stock, 1, token);
                scope.Cancel("too dear");
            },
            Token);
        Assert.Equal((TccStatus.Cancelled, "too dear"), (outcome.Status, outcome.Reason));
        Holds(network, Untouched);
    });

    [Fact]
    public Task A_try_that_was_not_awaited_cancels_and_one_after_the_end_is_an_error() => WithAsync(async (tcc, network) =>
    {
        var (go, kept) = (new TaskCompletionSource(), default(TccScope));
        network.OnCall = (call, _) => call.EndsWith("try", StringComparison.Ordinal) ? go.Task : Task.CompletedTask;
        var open = Task.CompletedTask;
        var outcome = await tcc.RunAsync(
            "t",
            (scope, _) =>
            {
                (kept, open) = (scope, scope.TryAsync(Stock, 1, CancellationToken.None));
                return Task.CompletedTask;
            },
            Token);
        Assert.Equal((TccStatus.Cancelled, "1 tries were not awaited."), (outcome.Status, outcome.Reason));
        go.SetResult();
        await open;
        Holds(network, Untouched);
        await Assert.ThrowsAsync<InvalidOperationException>(() => kept!.TryAsync(Stock, 1, Token));
    });

    [Fact]
    public Task Tries_that_take_too_long_cancel() => WithAsync(
        async (tcc, network) =>
        {
            network.OnCall = (call, token) => call == "t/02 try" ? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token) : Task.CompletedTask;
            var outcome = await tcc.RunAsync(
                "t",
                async (scope, token) =>
                {
                    await scope.TryAsync(Stock, 1, token);
                    await scope.TryAsync(Wallet, 1, token);
                },
                Token);
            Assert.Equal(TccStatus.Cancelled, outcome.Status);
            Holds(network, Untouched, Untouched);
        },
        options => options.Timeout = TimeSpan.FromMilliseconds(500));

    [Fact]
    public Task A_caller_that_gives_up_leaves_nothing_reserved() => WithAsync(async (tcc, network) =>
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tcc.RunAsync(
            "t",
            async (scope, token) =>
            {
                await scope.TryAsync(Stock, 1, token);
                await gone.CancelAsync();
            },
            gone.Token));
        await UntilAsync(tcc, "t", TccStatus.Cancelled);
        Assert.Equal("Its caller gave up.", (await tcc.FindAsync("t", Token))!.Reason);
        Holds(network, Untouched);
    });

    [Fact]
    public Task A_caller_that_gives_up_after_the_decision_changes_nothing() => WithAsync(async (tcc, network) =>
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Token);
        network.OnCall = (call, _) => call.EndsWith("confirm", StringComparison.Ordinal) ? gone.CancelAsync() : Task.CompletedTask;
        var outcome = await tcc.RunAsync("t", (scope, token) => scope.TryAsync(Stock, 1, token), gone.Token);
        Assert.Equal(TccStatus.Confirmed, outcome.Status);
        Holds(network, Spent);
    });

    [Fact]
    public Task A_repeat_of_an_id_tries_nothing_and_is_told_the_outcome() => WithAsync(async (tcc, network) =>
    {
        var tries = 0;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => tcc.RunAsync(
            "t",
            (scope, token) =>
            {
                Interlocked.Increment(ref tries);
                return scope.TryAsync(Stock, 1, token);
            },
            Token))));
        Assert.Equal(1, tries);
        Assert.All(outcomes, outcome => Assert.Equal((TccStatus.Confirmed, true), (outcome.Status, outcome.IsConfirmed)));
        Holds(network, Spent);
    });

    [Theory]
    [InlineData(TccFault.ReplyLost)]
    [InlineData(TccFault.RequestLost)]
    [InlineData(TccFault.Running)]
    [InlineData(TccFault.Error)]
    [InlineData(TccFault.Refused)]
    public Task A_branch_that_does_not_answer_its_confirm_is_asked_again_and_the_others_are_not(TccFault fault) => WithAsync(async (tcc, network) =>
    {
        network.Next("t/02 confirm", fault, fault, fault);
        var outcome = await tcc.RunAsync("t", (scope, token) => Task.WhenAll(scope.TryAsync(Stock, 1, token), scope.TryAsync(Wallet, 1, token)), Token);
        Assert.Equal(TccStatus.Confirmed, outcome.Status);
        Holds(network, Spent, Spent);
        Assert.Equal(4, network.Calls.Count(call => call.StartsWith("t/02 confirm", StringComparison.Ordinal)));
    });

    [Fact]
    public Task A_branch_that_never_answers_parks_and_an_operator_has_it_asked_again() => WithHostAsync(async (host, network) =>
    {
        var tcc = host.Services.GetRequiredService<ITccCoordinator>();
        network.Next("t/01 cancel", Enumerable.Repeat(TccFault.Error, 8)).Next("t/02 try", TccFault.Refused);
        var outcome = await tcc.RunAsync(
            "t",
            async (scope, token) =>
            {
                await scope.TryAsync(Stock, 1, token);
                await scope.TryAsync(Wallet, 1, token);
            },
            Token);
        Assert.Equal((TccStatus.Parked, false), (outcome.Status, outcome.IsConfirmed));
        Assert.Contains("cancel of branch 01 'stock': It answered 500.", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal(new BarrierAccount(99, 1, 0), network.AccountOf("t", "01"));

        var operations = host.Services.GetRequiredService<IWorkOperations>();
        var parked = Assert.Single(await operations.ListParkedAsync(null, 10, Token));
        Assert.Equal(("tcc", "t"), (parked.Scope, parked.Key));
        Assert.Equal(WorkIntervened.Applied, await operations.RetryAsync(parked.Id, new OperatorNote("ada", "it is back"), Token));
        await UntilAsync(tcc, "t", TccStatus.Cancelled);
        Holds(network, Untouched, Untouched);
    });

    [Fact]
    public Task The_decision_may_be_enough_for_the_caller() => WithAsync(async (tcc, network) =>
    {
        var go = new TaskCompletionSource();
        network.OnCall = (call, _) => call.EndsWith("confirm", StringComparison.Ordinal) ? go.Task : Task.CompletedTask;
        var outcome = await tcc.DecideAsync("t", (scope, token) => scope.TryAsync(Stock, 1, token), Token);
        Assert.Equal((TccStatus.Confirming, true), (outcome.Status, outcome.IsConfirmed));
        Assert.Equal(TccStatus.Confirming, (await tcc.FindAsync("t", Token))!.Status);
        Assert.True((await tcc.DecideAsync("t", (_, _) => throw new InvalidOperationException(), Token)).IsConfirmed);
        go.SetResult();
        await UntilAsync(tcc, "t", TccStatus.Confirmed);
        Holds(network, Spent);
    });

    [Fact]
    public Task One_that_runs_is_not_cancelled_by_an_operator() => WithHostAsync(async (host, network) =>
    {
        var tcc = host.Services.GetRequiredService<ITccCoordinator>();
        var go = new TaskCompletionSource();
        network.OnCall = (call, _) => call.EndsWith("confirm", StringComparison.Ordinal) ? go.Task : Task.CompletedTask;
        await tcc.DecideAsync("t", (scope, token) => scope.TryAsync(Stock, 1, token), Token);
        var work = await host.Services.GetRequiredService<WorkStore>().Reader.FindByKeyAsync("tcc", "t", Token);
        Assert.Equal(WorkIntervened.NotAllowed, await host.Services.GetRequiredService<IWorkOperations>().CancelAsync(work!.Id, new OperatorNote("ada", "in a hurry"), Token));
        go.SetResult();
        await UntilAsync(tcc, "t", TccStatus.Confirmed);
        Holds(network, Spent);
    });

    [Fact]
    public Task A_transaction_without_branches_is_confirmed() => WithAsync(async (tcc, network) =>
    {
        Assert.Equal(TccStatus.Confirmed, (await tcc.RunAsync("t", (_, _) => Task.CompletedTask, Token)).Status);
        Assert.Empty(network.Calls);
        Assert.Null(await tcc.FindAsync("other", Token));
    });

    [Fact]
    public Task Bad_ids_and_branches_that_nobody_registered_are_errors() => WithAsync(async (tcc, network) =>
    {
        await Assert.ThrowsAsync<ArgumentException>(() => tcc.RunAsync(new string('x', 1_024), (_, _) => Task.CompletedTask, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => tcc.RunAsync("a b", (_, _) => Task.CompletedTask, Token));
        Assert.Null(await tcc.FindAsync("a b", Token));
        var unknown = await Assert.ThrowsAsync<InvalidOperationException>(() => tcc.RunAsync(
            "t",
            async (scope, token) =>
            {
                await scope.TryAsync(Stock, 1, token);
                await scope.TryAsync(Unknown, 1, token);
            },
            Token));
        Assert.Contains("kit.AddTcc", unknown.Message, StringComparison.Ordinal);
        Holds(network, Untouched);
    });

    [Fact]
    public Task Another_instance_cancels_what_its_caller_left_undecided() => WithHostAsync(async (host, network) =>
    {
        // As a process leaves it that dies after its row is there.
        await host.Services.GetRequiredService<WorkStore>().AddAsync(
            new NewWork { Scope = "tcc", Type = "tcc", Key = "t", Input = default(ReadOnlyMemory<byte>), Owner = "dead", OwnedFor = TimeSpan.FromMilliseconds(300) },
            Token);
        var outcome = await host.Services.GetRequiredService<ITccCoordinator>().RunAsync("t", (_, _) => throw new InvalidOperationException(), Token);
        Assert.Equal((TccStatus.Cancelled, "Its caller was not heard of again before it had decided."), (outcome.Status, outcome.Reason));
        Assert.Empty(network.Calls);
    });

    private static void Holds(TccNetwork network, params BarrierAccount[] accounts) =>
        Assert.Equal(accounts, accounts.Select((_, index) => network.AccountOf("t", $"{index + 1:00}")));

    private static async Task UntilAsync(ITccCoordinator tcc, string id, TccStatus status)
    {
        var started = TimeProvider.System.GetTimestamp();
        while ((await tcc.FindAsync(id, Token))?.Status != status)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"{id} is {(await tcc.FindAsync(id, Token))?.Status} and not {status}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }
    }

    private Task WithAsync(Func<ITccCoordinator, TccNetwork, Task> fact, Action<TccOptions>? configure = null) =>
        WithHostAsync((host, network) => fact(host.Services.GetRequiredService<ITccCoordinator>(), network), configure);

    private async Task WithHostAsync(Func<IHost, TccNetwork, Task> fact, Action<TccOptions>? configure = null)
    {
        await using var fixture = await CreateAsync();
        using var network = new TccNetwork();
        using var http = new HttpClient(network, disposeHandler: false);
        var host = await fixture.StartAsync(kit => kit
            .UseJson(TccJson.Default)
            .ConfigureWork(work => (work.PollInterval, work.Lease) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5)))
            .AddTcc(tcc => tcc
                .AddBranch(Stock, branch => branch.Http(TccNetwork.AddressOf("stock"), _ => http))
                .AddBranch(Wallet, branch => branch.Http(TccNetwork.AddressOf("wallet"), _ => http))
                .Configure(options =>
                {
                    options.TryRetry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(1), MaxAttempts = 3 };
                    options.Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(5), MaxDelay = TimeSpan.FromMilliseconds(20), MaxAttempts = 8 };
                    configure?.Invoke(options);
                })));
        await fact(host, network);
        await host.StopAsync(CancellationToken.None);
    }
}
