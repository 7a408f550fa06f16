using System.Text;
using Consistency.Kit.Tcc;
using Outcome = Consistency.Kit.Tcc.BranchOutcome<System.ReadOnlyMemory<byte>>;

namespace Consistency.Kit.Conformance.Tcc;

/// <summary>The contract of <see cref="IBarrier"/> and <see cref="IBarrierExpiry"/>.</summary>
public abstract class BarrierConformance
{
    private const int Callers = 24;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store. The suite disposes it.</summary>
    protected abstract ValueTask<BarrierFixture> CreateAsync();

    [Fact]
    public Task Every_short_sequence_of_calls_agrees_with_the_model() => WithStoreAsync(async fixture =>
    {
        var steps = BarrierStep.Of(0).ToArray();
        var sequences =
            from first in steps
            from second in steps
            from third in steps
            select (BarrierStep[])[first, second, third];
        var number = 0;
        foreach (var sequence in sequences)
        {
            await AgreesAsync(fixture, $"s{number++}", sequence);
        }
    });

    [Fact]
    public Task Long_sequences_over_two_branches_agree_with_the_model() => WithStoreAsync(async fixture =>
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        BarrierStep[] steps = [.. BarrierStep.Of(0), .. BarrierStep.Of(1)];
        for (var number = 0; number < 60; number++)
        {
            await AgreesAsync(fixture, $"l{number}", random.GetItems(steps, 10));
        }
    });

    [Theory]
    [InlineData(BranchOperation.Try)]
    [InlineData(BranchOperation.Confirm)]
    [InlineData(BranchOperation.Cancel)]
    public Task Of_any_number_of_equal_calls_at_once_one_takes_effect_and_the_others_are_told_its_result(BranchOperation operation) => WithStoreAsync(async fixture =>
    {
        if (operation != BranchOperation.Try)
        {
            await RunAsync(fixture, Call(BranchOperation.Try));
        }

        var outcomes = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => RunAsync(fixture, Call(operation), result: "told"u8.ToArray()), Token)));
        Assert.Single(outcomes.OfType<Outcome.Done>());
        Assert.Equal(Callers - 1, outcomes.OfType<Outcome.Repeated>().Count(repeated => repeated.Result.Span.SequenceEqual("told"u8)));
        var expected = operation switch
        {
            BranchOperation.Try => new BarrierAccount(99, 1, 0),
            BranchOperation.Confirm => new BarrierAccount(99, 0, 1),
            _ => new BarrierAccount(100, 0, 0),
        };
        Assert.Equal(expected, await fixture.ReadAsync(Token));
    });

    [Fact]
    public Task A_cancel_that_races_its_try_leaves_nothing_reserved_whoever_wins() => WithStoreAsync(async fixture =>
    {
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(number => Task.Run(
            async () =>
            {
                var id = $"race{number}";
                var tried = RunAsync(fixture, Call(BranchOperation.Try, id));
                var cancelled = RunAsync(fixture, Call(BranchOperation.Cancel, id));
                var (first, second) = (await tried, await cancelled);
                Assert.True((first, second) is (Outcome.Done, Outcome.Done) or (Outcome.Superseded, Outcome.Empty), $"{first.GetType().Name}, {second.GetType().Name}");
            },
            Token)));
        Assert.Equal(new BarrierAccount(100, 0, 0), await fixture.ReadAsync(Token));
    });

    [Fact]
    public Task A_refused_try_leaves_nothing_and_its_cancel_is_empty() => WithStoreAsync(async fixture =>
    {
        var refused = Assert.IsType<Outcome.Refused>(await RunAsync(fixture, Call(BranchOperation.Try), refuse: true));
        Assert.Equal("no", refused.Refusal.Reason);
        Assert.Equal(new BarrierAccount(100, 0, 0), await fixture.ReadAsync(Token));
        Assert.IsType<Outcome.Empty>(await RunAsync(fixture, Call(BranchOperation.Cancel)));
        Assert.IsType<Outcome.Superseded>(await RunAsync(fixture, Call(BranchOperation.Try)));
    });

    [Fact]
    public Task A_refused_try_may_be_made_again() => WithStoreAsync(async fixture =>
    {
        await RunAsync(fixture, Call(BranchOperation.Try), refuse: true);
        Assert.IsType<Outcome.Done>(await RunAsync(fixture, Call(BranchOperation.Try)));
        Assert.Equal(new BarrierAccount(99, 1, 0), await fixture.ReadAsync(Token));
    });

    [Fact]
    public Task A_confirm_or_cancel_cannot_be_refused() => WithStoreAsync(async fixture =>
    {
        await RunAsync(fixture, Call(BranchOperation.Try));
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(fixture, Call(BranchOperation.Confirm), refuse: true));
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(fixture, Call(BranchOperation.Cancel), refuse: true));
        Assert.IsType<Outcome.Done>(await RunAsync(fixture, Call(BranchOperation.Confirm)));
    });

    [Fact]
    public Task Branches_places_and_transactions_do_not_meet() => WithStoreAsync(async fixture =>
    {
        BranchCall[] calls =
        [
            new("t", "b", BranchOperation.Try), new("t", "b", BranchOperation.Try, "02"), new("t", "c", BranchOperation.Try), new("u", "b", BranchOperation.Try),
            new("T", "b", BranchOperation.Try), new("t", "B", BranchOperation.Try),
        ];
        foreach (var call in calls)
        {
            Assert.IsType<Outcome.Done>(await RunAsync(fixture, call));
        }

        Assert.Equal(new BarrierAccount(100 - calls.Length, calls.Length, 0), await fixture.ReadAsync(Token));
    });

    [Fact]
    public Task Ids_of_the_greatest_length_are_kept() => WithStoreAsync(async fixture =>
    {
        var long1 = new string('x', BranchCall.MaxLength);
        Assert.IsType<Outcome.Done>(await RunAsync(fixture, new BranchCall(long1, long1, BranchOperation.Try, long1)));
        Assert.IsType<Outcome.Repeated>(await RunAsync(fixture, new BranchCall(long1, long1, BranchOperation.Try, long1)));
        Assert.IsType<Outcome.Done>(await RunAsync(fixture, new BranchCall(long1, long1[1..], BranchOperation.Try, long1)));
    });

    [Fact]
    public Task Results_are_kept_for_each_operation() => WithStoreAsync(async fixture =>
    {
        await RunAsync(fixture, Call(BranchOperation.Try), result: "tried"u8.ToArray());
        await RunAsync(fixture, Call(BranchOperation.Confirm), result: "confirmed"u8.ToArray());
        foreach (var (operation, result) in ((BranchOperation, string)[])[(BranchOperation.Try, "tried"), (BranchOperation.Confirm, "confirmed")])
        {
            var repeated = Assert.IsType<Outcome.Repeated>(await RunAsync(fixture, Call(operation)));
            Assert.Equal(result, Encoding.UTF8.GetString(repeated.Result.Span));
        }
    });

    [Fact]
    public Task Only_what_is_over_for_longer_than_the_retention_is_collected() => WithStoreAsync(async fixture =>
    {
        Assert.SkipWhen(fixture.ExpiresByItself, "Not promised here: rows expire by themselves.");
        await RunAsync(fixture, Call(BranchOperation.Try, "open"));
        await RunAsync(fixture, Call(BranchOperation.Try, "over"));
        await RunAsync(fixture, Call(BranchOperation.Confirm, "over"));
        await RunAsync(fixture, Call(BranchOperation.Cancel, "empty"));
        Assert.Equal(0, await fixture.Store.Expiry.CollectAsync(TimeSpan.FromDays(1), 10, Token));
        Assert.Equal(1, await fixture.Store.Expiry.CollectAsync(TimeSpan.FromDays(-1), 1, Token));
        Assert.Equal(1, await fixture.Store.Expiry.CollectAsync(TimeSpan.FromDays(-1), 10, Token));
        Assert.Equal(0, await fixture.Store.Expiry.CollectAsync(TimeSpan.FromDays(-1), 10, Token));
        Assert.IsType<Outcome.Done>(await RunAsync(fixture, Call(BranchOperation.Cancel, "open")));
    });

    [Fact]
    public Task A_transaction_that_is_forgotten_is_gone_and_no_other() => WithStoreAsync(async fixture =>
    {
        Assert.SkipWhen(fixture.ExpiresByItself, "Not promised here: rows expire by themselves.");
        await RunAsync(fixture, Call(BranchOperation.Try, "one"));
        await RunAsync(fixture, Call(BranchOperation.Try, "two"));
        Assert.Equal(1, await fixture.Store.Expiry.ForgetAsync("one", Token));
        Assert.Equal(0, await fixture.Store.Expiry.ForgetAsync("one", Token));
        Assert.IsType<Outcome.Repeated>(await RunAsync(fixture, Call(BranchOperation.Try, "two")));
    });

    private static BranchCall Call(BranchOperation operation, string transaction = "t") => new(transaction, "b", operation);

    private static async Task AgreesAsync(BarrierFixture fixture, string transaction, BarrierStep[] sequence)
    {
        var model = new BarrierModel();
        var before = await fixture.ReadAsync(Token);
        foreach (var step in sequence)
        {
            var expected = model.Run(step);
            var actual = await StepAsync(fixture, transaction, step);
            Assert.True(expected == actual, $"{string.Join(' ', sequence)}: at {step} the model says {expected}, the store {actual}.");
        }

        var after = await fixture.ReadAsync(Token);
        var moved = new BarrierAccount(100 + after.Available - before.Available, after.Frozen - before.Frozen, after.Spent - before.Spent);
        Assert.True(model.Account == moved, $"{string.Join(' ', sequence)}: the model holds {model.Account}, the store {moved}.");
    }

    private static async Task<string> StepAsync(BarrierFixture fixture, string transaction, BarrierStep step)
    {
        try
        {
            return (await RunAsync(fixture, new BranchCall(transaction, $"b{step.Branch}", step.Operation), dies: step.Dies)).GetType().Name;
        }
        catch (ParticipantDiedException)
        {
            return "dies";
        }
    }

    private static async Task<Outcome> RunAsync(BarrierFixture fixture, BranchCall call, byte[]? result = null, bool refuse = false, bool dies = false)
    {
        await using (fixture.CreateScope(out var scope))
        {
            var (available, frozen, spent) = BarrierEffects.Of(call.Operation);
            return await fixture.Store.Barrier.RunAsync(
                scope,
                call,
                async token =>
                {
                    await fixture.ChangeAsync(scope, available, frozen, spent, token);
                    return dies ? throw new ParticipantDiedException() : refuse ? new Refusal("no") : new ReadOnlyMemory<byte>(result);
                },
                Token);
        }
    }

    private async Task WithStoreAsync(Func<BarrierFixture, Task> test)
    {
        await using var fixture = await CreateAsync();
        await test(fixture);
    }

    private sealed class ParticipantDiedException : Exception;
}
