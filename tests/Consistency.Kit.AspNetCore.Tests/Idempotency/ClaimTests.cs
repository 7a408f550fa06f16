using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.AspNetCore.Tests.Support;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

/// <summary>A claim first, the answer last: recovery points, and the store that joins no commit.</summary>
public sealed class ClaimTests
{
    [Fact]
    public async Task A_repeat_gets_the_same_answer_and_runs_nothing()
    {
        var runs = 0;
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", (Amount amount) => Results.Created("/pay/1", new { Run = Interlocked.Increment(ref runs), amount.Value })).RequireIdempotencyKey());
        var first = await web.PostAsync("/pay", "k1", "{\"value\":7}");
        var repeat = await web.PostAsync("/pay", "k1", "{\"value\":7}");
        Assert.Equal((201, "{\"run\":1,\"value\":7}", false), (first.Status, first.Body, first.IsReplayed));
        Assert.Equal((201, first.Body, true, "/pay/1"), (repeat.Status, repeat.Body, repeat.IsReplayed, repeat.Headers["Location"]));
        Assert.Equal((422, "key-reused"), Of(await web.PostAsync("/pay", "k1", "{\"value\":8}")));
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_handler_reads_the_whole_body_after_it_was_hashed()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/echo", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            return Results.Text(await reader.ReadToEndAsync());
        }).RequireIdempotencyKey());
        var body = string.Concat(Enumerable.Range(0, 50_000));
        Assert.Equal(body, (await web.PostAsync("/echo", "k1", body)).Body);
        Assert.Equal(422, (await web.PostAsync("/echo", "k1", body + "x")).Status);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_before_anything_runs()
    {
        var runs = 0;
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", () => ++runs).RequireIdempotencyKey(options => options.MaxRequestBytes = 10));
        Assert.Equal((413, "request-too-large"), Of(await web.PostAsync("/pay", "k1", new string('x', 11))));
        Assert.Equal((413, "request-too-large"), Of(await web.PostAsync("/pay", "k1", new string('x', 11), change: AtomicTests.Chunked)));
        Assert.Equal(200, (await web.PostAsync("/pay", "k1", new string('x', 10), change: AtomicTests.Chunked)).Status);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task Recovery_points_let_the_next_attempt_go_on_behind_a_failure()
    {
        var charges = 0;
        var fail = true;
        await using var web = await Web.StartAsync(
            app => app.MapPost("/pay", async (HttpContext context, CancellationToken cancellationToken) =>
            {
                var attempt = context.GetIdempotentAttempt();
                var charge = await attempt.OnceAsync("charge", _ => Task.FromResult(Interlocked.Increment(ref charges)), cancellationToken);
                return fail ? throw new InvalidOperationException("Oops.") : Results.Text($"{charge} {attempt.Number}");
            }).RequireIdempotencyKey<FakeDb>(options => options.Mode = IdempotencyMode.RecoveryPoint),
            kit => kit.UseJson(TestJson.Default));
        await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync("/pay", "k1"));
        fail = false;
        var second = await web.PostAsync("/pay", "k1");
        Assert.Equal((200, "1 2"), (second.Status, second.Body));
        Assert.True((await web.PostAsync("/pay", "k1")).IsReplayed);
        Assert.Equal(1, charges);
    }

    [Fact]
    public async Task With_recovery_points_a_server_error_is_sent_and_forgotten()
    {
        var status = 500;
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", () => Results.Text("x", statusCode: status)).RequireIdempotencyKey<FakeDb>(options => options.Mode = IdempotencyMode.RecoveryPoint));
        Assert.Equal((500, "x"), (await web.PostAsync("/pay", "k1")) is var failed ? (failed.Status, failed.Body) : default);
        status = 200;
        Assert.Equal(200, (await web.PostAsync("/pay", "k1")).Status);
    }

    [Fact]
    public async Task Where_effects_may_exist_a_server_error_is_the_answer()
    {
        var status = 500;
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", () => Results.Text("x", statusCode: status)).RequireIdempotencyKey());
        Assert.Equal(500, (await web.PostAsync("/pay", "k1")).Status);
        status = 200;
        var repeat = await web.PostAsync("/pay", "k1");
        Assert.Equal((500, "x", true), (repeat.Status, repeat.Body, repeat.IsReplayed));
    }

    [Fact]
    public async Task Where_effects_may_exist_an_exception_is_a_plain_500_to_every_repeat_and_reaches_the_application_once()
    {
        var runs = 0;
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", IResult () =>
        {
            runs++;
            throw new InvalidOperationException("A secret.");
        }).RequireIdempotencyKey());
        await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync("/pay", "k1"));
        var repeat = await web.PostAsync("/pay", "k1");
        Assert.Equal((500, "failed", true), (repeat.Status, repeat.Problem, repeat.IsReplayed));
        Assert.DoesNotContain("secret", repeat.Body, StringComparison.Ordinal);
        Assert.Equal(1, runs);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_application_may_choose_to_resume_instead(bool throws)
    {
        var runs = 0;
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", () => ++runs > 1 ? Results.Ok() : throws ? throw new InvalidOperationException("Oops.") : Results.StatusCode(503))
            .RequireIdempotencyKey(options => options.AfterFailure = FailurePolicy.Resume));
        if (throws)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync("/pay", "k1"));
        }
        else
        {
            Assert.Equal(503, (await web.PostAsync("/pay", "k1")).Status);
        }

        Assert.Equal(200, (await web.PostAsync("/pay", "k1")).Status);
        Assert.Equal(2, runs);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(409)]
    [InlineData(429)]
    public async Task What_depends_on_who_asks_and_when_is_not_stored(int status)
    {
        var runs = 0;
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", () => ++runs > 1 ? Results.Ok() : Results.StatusCode(status)).RequireIdempotencyKey());
        Assert.Equal(status, (await web.PostAsync("/pay", "k1")).Status);
        Assert.Equal(200, (await web.PostAsync("/pay", "k1")).Status);
    }

    [Fact]
    public async Task A_request_that_cannot_be_bound_is_no_failure_of_the_handler()
    {
        await using var web = await Web.StartAsync(
            app => app.MapPost("/pay", (Amount amount) => amount.Value).RequireIdempotencyKey(),
            services: services => services.AddRouting().Configure<Microsoft.AspNetCore.Routing.RouteHandlerOptions>(options => options.ThrowOnBadRequest = true));
        await Assert.ThrowsAsync<BadHttpRequestException>(() => web.PostAsync("/pay", "k1", "not json"));
        Assert.Equal(200, (await web.PostAsync("/pay", "k1", "{\"value\":1}")).Status);
    }

    [Fact]
    public async Task Of_many_at_the_same_time_one_runs()
    {
        var runs = 0;
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", async () =>
        {
            Interlocked.Increment(ref runs);
            entered.SetResult();
            await go.Task;
            return "done";
        }).RequireIdempotencyKey());
        var first = web.PostAsync("/pay", "k1");
        await entered.Task;
        var others = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => web.PostAsync("/pay", "k1")));
        Assert.All(others, other => Assert.Equal((409, "in-progress", 2), (other.Status, other.Problem, other.RetryAfter)));

        // Another payload is told at once, not after the first one's end.
        Assert.Equal((422, "key-reused"), Of(await web.PostAsync("/pay", "k1", "other")));
        go.SetResult();
        await first;
        Assert.True((await web.PostAsync("/pay", "k1")).IsReplayed);
        Assert.Equal(1, runs);
    }

    [Fact]
    public async Task A_client_that_hangs_up_finds_the_answer_when_it_asks_again()
    {
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var cancelled = false;
        await using var web = await Web.StartAsync(
            app => app.MapPost("/pay", async (CancellationToken cancellationToken) =>
            {
                entered.SetResult();
                await go.Task;
                cancelled = cancellationToken.IsCancellationRequested;
                return "done";
            }).RequireIdempotencyKey(),
            onWire: true);
        using var hangUp = new CancellationTokenSource();
        var first = web.PostAsync("/pay", "k1", cancellationToken: hangUp.Token);
        await entered.Task;
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();
        await TestServers.Eventually.UntilAsync(async () => (await web.PostAsync("/pay", "k1")) is { Status: 200, IsReplayed: true, Body: "done" }, TimeSpan.FromSeconds(20), "the answer is stored");
        Assert.False(cancelled);
    }

    [Fact]
    public async Task An_attempt_that_was_taken_over_is_told_to_come_back()
    {
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        var runs = 0;
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", async () =>
        {
            if (Interlocked.Increment(ref runs) == 1)
            {
                entered.SetResult();
                await go.Task;
                return "late";
            }

            return "in time";
        }).RequireIdempotencyKey());
        var first = web.PostAsync("/pay", "k1");
        await entered.Task;

        // As when the process was frozen: by the store's clock the lease is over.
        web.Clock.Jump(TimeSpan.FromMinutes(5));
        Assert.Equal("in time", (await web.PostAsync("/pay", "k1")).Body);
        go.SetResult();
        var late = await first;
        Assert.Equal((409, "attempt-lost"), Of(late));
        Assert.True(late.RetryAfter >= 1);
        Assert.Equal(("in time", true), (await web.PostAsync("/pay", "k1")) is var repeat ? (repeat.Body, repeat.IsReplayed) : default);
    }

    [Theory]
    [InlineData(-3650)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(3650)]
    public async Task A_clock_that_jumps_neither_ends_an_attempt_nor_forgets_an_answer_nor_sends_clients_away_for_long(int days)
    {
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", async () =>
        {
            entered.SetResult();
            await go.Task;
        }).RequireIdempotencyKey());
        var first = web.PostAsync("/pay", "k1");
        await entered.Task;
        web.Clock.Set(TimeSpan.FromDays(days));
        var second = await web.PostAsync("/pay", "k1");
        Assert.Equal((409, 2), (second.Status, second.RetryAfter));
        go.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.True((await web.PostAsync("/pay", "k1")).IsReplayed);
    }

    [Fact]
    public async Task After_the_retention_a_repeat_is_a_new_request()
    {
        var runs = 0;
        await using var web = await Web.StartAsync(app => app.MapPost("/pay", () => ++runs).RequireIdempotencyKey());
        await web.PostAsync("/pay", "k1");
        web.Clock.Jump(TimeSpan.FromHours(23));
        Assert.True((await web.PostAsync("/pay", "k1")).IsReplayed);
        web.Clock.Jump(TimeSpan.FromHours(2));
        Assert.Equal("2", (await web.PostAsync("/pay", "k1")).Body);
    }

    [Fact]
    public async Task The_handler_knows_its_key_and_others_have_no_attempt()
    {
        await using var web = await Web.StartAsync(app =>
        {
            app.MapPost("/atomic", (HttpContext context) => $"{context.GetIdempotencyKey()!.Value} {Assert.Throws<InvalidOperationException>(() => context.GetIdempotentAttempt()).Message}").RequireIdempotencyKey<FakeDb>();
            app.MapPost("/none", (HttpContext context) => $"{context.GetIdempotencyKey() is null}");
        });
        Assert.StartsWith("k1 ", (await web.PostAsync("/atomic", "k1")).Body, StringComparison.Ordinal);
        Assert.Equal("True", (await web.PostAsync("/none", "k1")).Body);
    }

    private static (int, string?) Of(Reply reply) => (reply.Status, reply.Problem);
}
