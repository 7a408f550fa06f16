using Consistency.Kit.Idempotency;

namespace Consistency.Kit.Conformance.Idempotency;

/// <summary>The contract of <see cref="IIdempotencyClaims"/>.</summary>
public abstract class IdempotencyClaimsConformance
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly Fingerprint Asked = Fingerprint.Of("asked"u8);
    private static readonly Fingerprint AskedOtherwise = Fingerprint.Of("asked otherwise"u8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store. The suite disposes it.</summary>
    protected abstract ValueTask<IdempotencyStoreFixture> CreateAsync();

    [Fact]
    public Task The_first_attempt_starts_and_the_next_is_told_to_wait() => WithClaimsAsync(async claims =>
    {
        var first = await StartAsync(claims, Key());
        Assert.Equal(1, first.Lease.Number);
        Assert.True(first.Points.IsEmpty);

        var second = Assert.IsType<IdempotencyClaim.InProgress>(await BeginAsync(claims, Key()));
        Assert.InRange(second.RetryAfter, TimeSpan.FromTicks(1), Long);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public Task An_answer_is_replayed_byte_for_byte(int size) => WithClaimsAsync(async claims =>
    {
        var answer = new byte[size];
        new Random(size).NextBytes(answer);
        var first = await StartAsync(claims, Key());
        Assert.True(await claims.CompleteAsync(first.Lease, answer, Token));

        var replayed = Assert.IsType<IdempotencyClaim.Replayed>(await BeginAsync(claims, Key()));
        Assert.Equal(answer, replayed.Answer.Content.ToArray());
        Assert.True(replayed.Answer.CompletedAt > DateTimeOffset.UnixEpoch);
    });

    [Fact]
    public Task Completing_again_says_that_it_is_complete_and_keeps_the_answer() => WithClaimsAsync(async claims =>
    {
        var first = await StartAsync(claims, Key());
        Assert.True(await claims.CompleteAsync(first.Lease, "answer"u8.ToArray(), Token));
        Assert.True(await claims.CompleteAsync(first.Lease, "answer"u8.ToArray(), Token));
        await claims.ReleaseAsync(first.Lease, Token);
        await AssertReplaysAsync(claims, Key(), "answer");
    });

    [Fact]
    public Task The_same_key_for_something_else_is_a_mismatch_whether_running_answered_or_abandoned() => WithClaimsAsync(async claims =>
    {
        var running = await StartAsync(claims, Key("running"));
        Assert.IsType<IdempotencyClaim.Mismatched>(await BeginAsync(claims, Key("running"), AskedOtherwise));
        Assert.True(await claims.CompleteAsync(running.Lease, "answer"u8.ToArray(), Token));
        Assert.IsType<IdempotencyClaim.Mismatched>(await BeginAsync(claims, Key("running"), AskedOtherwise));

        var abandoned = await StartAsync(claims, Key("abandoned"));
        Assert.True(await claims.SavePointsAsync(abandoned.Lease, "{}"u8.ToArray(), Token));
        await claims.ReleaseAsync(abandoned.Lease, Token);
        Assert.IsType<IdempotencyClaim.Mismatched>(await BeginAsync(claims, Key("abandoned"), AskedOtherwise));
    });

    [Fact]
    public Task Of_many_at_once_one_starts() => WithClaimsAsync(async claims =>
    {
        var begun = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(async () => await BeginAsync(claims, Key()), Token)));
        Assert.Single(begun.OfType<IdempotencyClaim.Started>());
        Assert.Equal(39, begun.OfType<IdempotencyClaim.InProgress>().Count());
    });

    [Fact]
    public Task Of_many_that_take_over_at_once_one_starts() => WithClaimsAsync(async claims =>
    {
        var first = await StartAsync(claims, Key());
        Assert.True(await claims.SavePointsAsync(first.Lease, "{\"a\":1}"u8.ToArray(), Token));
        await claims.ReleaseAsync(first.Lease, Token);
        var begun = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Task.Run(async () => await BeginAsync(claims, Key()), Token)));
        var next = Assert.Single(begun.OfType<IdempotencyClaim.Started>());
        Assert.Equal(2, next.Lease.Number);
        Assert.Equal(39, begun.OfType<IdempotencyClaim.InProgress>().Count());
    });

    [Fact]
    public Task When_the_lease_ends_the_next_attempt_goes_on_behind_the_points_and_the_old_one_changes_nothing() => WithClaimsAsync(async claims =>
    {
        var silent = await StartAsync(claims, Key(), Short);
        Assert.True(await claims.SavePointsAsync(silent.Lease, "{\"charged\":7}"u8.ToArray(), Token));
        var next = await EventuallyStartsAsync(claims, Key());
        Assert.Equal(2, next.Lease.Number);
        Assert.Equal("{\"charged\":7}"u8.ToArray(), next.Points.ToArray());

        Assert.False(await claims.RenewAsync(silent.Lease, Long, Token));
        Assert.False(await claims.SavePointsAsync(silent.Lease, "{}"u8.ToArray(), Token));
        Assert.False(await claims.CompleteAsync(silent.Lease, "late"u8.ToArray(), Token));
        await claims.ReleaseAsync(silent.Lease, Token);
        Assert.IsType<IdempotencyClaim.InProgress>(await BeginAsync(claims, Key()));

        Assert.True(await claims.CompleteAsync(next.Lease, "answer"u8.ToArray(), Token));
        Assert.False(await claims.CompleteAsync(silent.Lease, "late"u8.ToArray(), Token));
        await AssertReplaysAsync(claims, Key(), "answer");
    });

    [Fact]
    public Task A_silent_attempt_that_nobody_followed_may_still_answer() => WithClaimsAsync(async claims =>
    {
        var silent = await StartAsync(claims, Key("silent"), Short);
        var other = await StartAsync(claims, Key("clock"), Short);
        await EventuallyStartsAsync(claims, other.Lease.Key);
        Assert.True(await claims.CompleteAsync(silent.Lease, "answer"u8.ToArray(), Token));
        await AssertReplaysAsync(claims, Key("silent"), "answer");
    });

    [Fact]
    public Task A_lease_is_as_long_as_it_was_last_renewed_for() => WithClaimsAsync(async claims =>
    {
        var first = await StartAsync(claims, Key(), TimeSpan.FromSeconds(20));
        Assert.True(await claims.RenewAsync(first.Lease, Long, Token));
        var waiting = Assert.IsType<IdempotencyClaim.InProgress>(await BeginAsync(claims, Key()));
        Assert.InRange(waiting.RetryAfter, Long / 2, Long);
    });

    [Fact]
    public Task Letting_go_without_points_forgets_the_key() => WithClaimsAsync(async claims =>
    {
        var first = await StartAsync(claims, Key());
        await claims.ReleaseAsync(first.Lease, Token);
        var other = Assert.IsType<IdempotencyClaim.Started>(await BeginAsync(claims, Key(), AskedOtherwise));
        Assert.True(other.Points.IsEmpty);
    });

    [Fact]
    public Task Letting_go_with_points_lets_the_next_attempt_begin_behind_them() => WithClaimsAsync(async claims =>
    {
        var first = await StartAsync(claims, Key());
        Assert.True(await claims.SavePointsAsync(first.Lease, "{\"charged\":7}"u8.ToArray(), Token));
        await claims.ReleaseAsync(first.Lease, Token);
        var next = await StartAsync(claims, Key());
        Assert.Equal(2, next.Lease.Number);
        Assert.Equal("{\"charged\":7}"u8.ToArray(), next.Points.ToArray());
        await claims.ReleaseAsync(first.Lease, Token);
        Assert.IsType<IdempotencyClaim.InProgress>(await BeginAsync(claims, Key()));
    });

    [Fact]
    public Task Keys_that_differ_in_any_part_do_not_meet() => WithClaimsAsync(async claims =>
    {
        IdempotencyKey[] keys =
        [
            new("k", "POST /orders", "ann", "north"),
            new("l", "POST /orders", "ann", "north"),
            new("k", "POST /payments", "ann", "north"),
            new("k", "POST /orders", "bob", "north"),
            new("k", "POST /orders", "ann", "south"),
            new("k", "POST /orders", "north", "ann"),
            new("k", "POST /orders", "annnorth"),
        ];
        foreach (var key in keys)
        {
            var started = await StartAsync(claims, key);
            Assert.True(await claims.CompleteAsync(started.Lease, System.Text.Encoding.UTF8.GetBytes(key.ToString()), Token));
        }

        foreach (var key in keys)
        {
            await AssertReplaysAsync(claims, key, key.ToString());
        }
    });

    [Fact]
    public Task A_key_past_its_retention_is_unknown_again() => WithClaimsAsync(async claims =>
    {
        var first = await StartAsync(claims, Key(), Short, Short);
        Assert.True(await claims.CompleteAsync(first.Lease, "answer"u8.ToArray(), Token));
        var next = await EventuallyStartsAsync(claims, Key(), AskedOtherwise);
        Assert.True(next.Points.IsEmpty);
        Assert.True(await claims.CompleteAsync(next.Lease, "other"u8.ToArray(), Token));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_attempt_that_outlived_the_retention_changes_nothing_of_the_one_that_began_after(bool collected)
    {
        await using var fixture = await CreateAsync();
        var claims = fixture.Store.Claims;
        var old = await StartAsync(claims, Key(), Short, Short);
        if (collected && fixture.Store.Expiry is { } expiry)
        {
            await EventuallyAsync(async () => await expiry.CollectAsync(10, Token) == 1, "the key is collected");
        }

        var next = await EventuallyStartsAsync(claims, Key(), AskedOtherwise);
        Assert.Equal(1, next.Lease.Number);
        Assert.False(await claims.RenewAsync(old.Lease, Long, Token));
        Assert.False(await claims.SavePointsAsync(old.Lease, "{}"u8.ToArray(), Token));
        Assert.False(await claims.CompleteAsync(old.Lease, "late"u8.ToArray(), Token));
        await claims.ReleaseAsync(old.Lease, Token);
        Assert.IsType<IdempotencyClaim.InProgress>(await BeginAsync(claims, Key(), AskedOtherwise));
    }

    [Fact]
    public Task Letting_go_and_beginning_again_are_two_attempts() => WithClaimsAsync(async claims =>
    {
        var first = await StartAsync(claims, Key());
        await claims.ReleaseAsync(first.Lease, Token);
        var next = await StartAsync(claims, Key());
        Assert.False(await claims.CompleteAsync(first.Lease, "late"u8.ToArray(), Token));
        Assert.True(await claims.CompleteAsync(next.Lease, "answer"u8.ToArray(), Token));
    });

    [Fact]
    public async Task Only_keys_past_their_retention_are_collected_and_no_more_than_asked()
    {
        await using var fixture = await CreateAsync();
        Assert.SkipWhen(fixture.Store.Expiry is null, "Not promised here: the store forgets keys by itself.");
        var (claims, expiry) = (fixture.Store.Claims, fixture.Store.Expiry);
        for (var i = 0; i < 5; i++)
        {
            var old = await StartAsync(claims, Key($"old-{i}"), Short, Short);
            Assert.True(await claims.CompleteAsync(old.Lease, default, Token));
        }

        var kept = await StartAsync(claims, Key("kept"));
        Assert.True(await claims.CompleteAsync(kept.Lease, "answer"u8.ToArray(), Token));
        var collected = 0;
        await EventuallyAsync(
            async () =>
            {
                var now = await expiry.CollectAsync(2, Token);
                Assert.InRange(now, 0, 2);
                collected += now;
                return collected == 5;
            },
            "five keys are collected");
        Assert.Equal(0, await expiry.CollectAsync(2, Token));
        await AssertReplaysAsync(claims, Key("kept"), "answer");
    }

    private async Task WithClaimsAsync(Func<IIdempotencyClaims, Task> fact)
    {
        await using var fixture = await CreateAsync();
        await fact(fixture.Store.Claims);
    }

    private static IdempotencyKey Key(string value = "k") => new(value, "POST /orders", "ann");

    private static ValueTask<IdempotencyClaim> BeginAsync(
        IIdempotencyClaims claims, IdempotencyKey key, Fingerprint? fingerprint = null, TimeSpan? lease = null, TimeSpan? retention = null) =>
        claims.TryBeginAsync(
            new IdempotencyRequest { Key = key, Fingerprint = fingerprint ?? Asked, Lease = lease ?? Long, Retention = retention ?? Long },
            Token);

    private static async Task<IdempotencyClaim.Started> StartAsync(IIdempotencyClaims claims, IdempotencyKey key, TimeSpan? lease = null, TimeSpan? retention = null) =>
        Assert.IsType<IdempotencyClaim.Started>(await BeginAsync(claims, key, lease: lease, retention: retention));

    private static async Task<IdempotencyClaim.Started> EventuallyStartsAsync(IIdempotencyClaims claims, IdempotencyKey key, Fingerprint? fingerprint = null)
    {
        IdempotencyClaim? claim = null;
        await EventuallyAsync(
            async () => (claim = await BeginAsync(claims, key, fingerprint)) is IdempotencyClaim.Started,
            "another attempt starts");
        return (IdempotencyClaim.Started)claim!;
    }

    private static async Task AssertReplaysAsync(IIdempotencyClaims claims, IdempotencyKey key, string answer)
    {
        var replayed = Assert.IsType<IdempotencyClaim.Replayed>(await BeginAsync(claims, key));
        Assert.Equal(answer, System.Text.Encoding.UTF8.GetString(replayed.Answer.Content.Span));
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"This did not happen: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }
}
