using System.Text.Json.Serialization;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tests.Idempotency;

public sealed class IdempotencyEngineTests : IAsyncDisposable
{
    private static readonly IdempotencyKey Key = new("k", "POST /orders", "ann");

    private readonly FakeTime _time = new();
    private readonly WatchedClaims _claims;
    private readonly ServiceProvider _services;

    public IdempotencyEngineTests()
    {
        _claims = new WatchedClaims(new MemoryIdempotency(_time));
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddConsistencyKit(kit => kit
                .UseJson(ResultJson.Default)
                .ConfigureIdempotency(keys => (keys.Lease, keys.MaxPointBytes) = (TimeSpan.FromSeconds(30), 1_024))
                .AddIdempotencyStore(_ => new IdempotencyStore { Name = "watched", Claims = _claims, IsShared = false }))
            .BuildServiceProvider();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IIdempotency Idempotency => _services.GetRequiredService<IIdempotency>();

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Fact]
    public async Task A_result_is_returned_again_without_running_again()
    {
        Assert.IsType<IdempotentResult<int>.Executed>(await RunAsync(_ => 7));
        Assert.Equal(7, Assert.IsType<IdempotentResult<int>.Replayed>(await RunAsync(_ => 8)).Value);
    }

    [Fact]
    public async Task Work_that_throws_is_let_go_and_runs_again_behind_its_points()
    {
        var failed = await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Idempotency.ExecuteAsync<int>(
            Key, Fingerprint.None, async (attempt, token) => { await attempt.SaveAsync("charged", 5, token); throw new InvalidTimeZoneException("the work's own"); }, Token));
        Assert.Equal("the work's own", failed.Message);

        var charges = 0;
        var result = await Idempotency.ExecuteAsync(
            Key,
            Fingerprint.None,
            async (attempt, token) =>
            {
                Assert.Equal(2, attempt.Number);
                return await attempt.OnceAsync("charged", _ => Task.FromResult(++charges), token);
            },
            Token);
        Assert.Equal(5, result.Value);
        Assert.Equal(0, charges);
    }

    [Fact]
    public async Task A_point_within_one_attempt_is_reached_once()
    {
        var charges = 0;
        await Idempotency.ExecuteAsync(
            Key,
            Fingerprint.None,
            async (attempt, token) =>
            {
                await attempt.OnceAsync("charged", _ => Task.FromResult(++charges), token);
                return await attempt.OnceAsync("charged", _ => Task.FromResult(++charges), token);
            },
            Token);
        Assert.Equal(1, charges);
    }

    [Fact]
    public async Task A_long_work_keeps_its_lease()
    {
        var end = new TaskCompletionSource<int>();
        var running = Idempotency.ExecuteAsync(Key, Fingerprint.None, (_, _) => end.Task, Token);
        for (var renewals = 1; renewals <= 9; renewals++)
        {
            _time.Advance(TimeSpan.FromSeconds(11));
            Assert.Equal(renewals, _claims.Renewals);
            Assert.IsType<IdempotentResult<int>.InProgress>(await RunAsync(_ => 8));
        }

        end.SetResult(7);
        Assert.Equal(7, (await running).Value);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(9, _claims.Renewals);
    }

    [Fact]
    public async Task An_attempt_that_was_taken_over_is_told_and_its_result_does_not_count()
    {
        var told = new TaskCompletionSource();
        var slow = Idempotency.ExecuteAsync(
            Key,
            Fingerprint.None,
            async (attempt, token) =>
            {
                attempt.Lost.Register(told.SetResult);
                await told.Task.WaitAsync(TimeSpan.FromSeconds(30), token);
                return 7;
            },
            Token);
        _claims.RenewalsFail = true;
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.False(told.Task.IsCompleted);
        Assert.Equal(8, Assert.IsType<IdempotentResult<int>.Executed>(await RunAsync(_ => 8)).Value);

        _claims.RenewalsFail = false;
        _time.Advance(TimeSpan.FromSeconds(11));
        var lost = await Assert.ThrowsAsync<AttemptLostException>(() => slow);
        Assert.True(lost.IsTransient);
        Assert.Equal(Key, lost.Key);
        Assert.Equal(8, (await RunAsync(_ => 9)).Value);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_stored_at_once_is_tried_again()
    {
        _claims.CompletionsToFail = 2;
        var running = RunAsync(_ => 7);
        await TestServers.Eventually.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return running.IsCompleted;
            },
            TimeSpan.FromSeconds(30),
            "the answer is stored");
        Assert.Equal(7, (await running).Value);
        Assert.Equal(7, Assert.IsType<IdempotentResult<int>.Replayed>(await RunAsync(_ => 8)).Value);
    }

    [Fact]
    public async Task Points_over_the_limit_are_refused_and_those_before_are_kept()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Idempotency.ExecuteAsync<int>(
            Key,
            Fingerprint.None,
            async (attempt, token) =>
            {
                await attempt.SaveAsync("small", "x", token);
                await attempt.SaveAsync("large", new string('x', 1_024), token);
                return 1;
            },
            Token));
        Assert.Contains("MaxPointBytes", refused.Message, StringComparison.Ordinal);
        var result = await Idempotency.ExecuteAsync(Key, Fingerprint.None, (attempt, _) => Task.FromResult(attempt.TryGet<string>("small", out var small) && small == "x" && !attempt.TryGet<string>("large", out var _) ? 1 : 0), Token);
        Assert.Equal(1, result.Value);
    }

    [Fact]
    public async Task A_type_that_no_context_knows_is_refused_before_anything_runs()
    {
        var ran = false;
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Idempotency.ExecuteAsync<DateTime>(
            Key, Fingerprint.None, (_, _) => { ran = true; return Task.FromResult(default(DateTime)); }, Token));
        Assert.Contains("[JsonSerializable(typeof(DateTime))]", refused.Message, StringComparison.Ordinal);
        Assert.False(ran);
        Assert.Equal(7, (await RunAsync(_ => 7)).Value);
    }

    [Fact]
    public void Without_a_store_the_error_names_the_call()
    {
        using var services = new ServiceCollection().AddConsistencyKit(kit => kit.UseJson(ResultJson.Default)).BuildServiceProvider();
        var refused = Assert.Throws<ConsistencyConfigurationException>(services.GetRequiredService<IIdempotency>);
        Assert.Contains("kit.UseRedis(", refused.Message, StringComparison.Ordinal);
        Assert.Contains("kit.UseMemoryIdempotency()", refused.Message, StringComparison.Ordinal);
    }

    private Task<IdempotentResult<int>> RunAsync(Func<IdempotentAttempt, int> work) =>
        Idempotency.ExecuteAsync(Key, Fingerprint.None, (attempt, _) => Task.FromResult(work(attempt)), Token);
}

[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class ResultJson : JsonSerializerContext;
