using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.AspNetCore.Tests.Support;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

/// <summary>Effect, key and answer in one commit.</summary>
public sealed class AtomicTests
{
    [Fact]
    public async Task A_repeat_gets_the_same_answer_and_runs_nothing()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/orders", (FakeDb db, HttpContext context) =>
        {
            db.Save("order");
            context.Response.Headers.ETag = "\"1\"";
            context.Response.Headers.Append("Set-Cookie", "secret=1");
            context.Response.Headers["X-Own"] = "kept";
            return Results.Created("/orders/1", new { Id = 1, Text = "é" });
        }).RequireIdempotencyKey<FakeDb>(options => options.StoredHeaders.Add("X-Own")));

        var first = await web.PostAsync("/orders", "k1");
        var repeat = await web.PostAsync("/orders", "\"k1\"");

        Assert.Equal(201, first.Status);
        Assert.False(first.IsReplayed);
        Assert.Equal("secret=1", first.Headers["Set-Cookie"]);
        Assert.True(repeat.IsReplayed);
        Assert.Equal((first.Status, first.Body), (repeat.Status, repeat.Body));
        Assert.Equal(("/orders/1", "\"1\"", "kept", first.Headers["Content-Type"]), (repeat.Headers["Location"], repeat.Headers["ETag"], repeat.Headers["X-Own"], repeat.Headers["Content-Type"]));
        Assert.False(repeat.Headers.ContainsKey("Set-Cookie"));
        Assert.Single(web.Database.Rows);
        Assert.Equal(first.Headers["Content-Length"], repeat.Headers["Content-Length"]);
    }

    [Theory]
    [InlineData("/orders", "{\"other\":1}")]
    [InlineData("/orders?page=2", "{}")]
    public async Task Another_request_under_the_same_key_is_refused(string path, string body)
    {
        await using var web = await Web.StartAsync(app => Orders(app));
        await web.PostAsync("/orders", "k1");
        var other = await web.PostAsync(path, "k1", body);
        Assert.Equal((422, "key-reused"), (other.Status, other.Problem));
        Assert.Single(web.Database.Rows);
    }

    [Fact]
    public async Task Values_in_the_path_belong_to_the_request()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/orders/{id}/pay", (int id, FakeDb db) => db.Save($"{id}")).RequireIdempotencyKey<FakeDb>());
        Assert.Equal(200, (await web.PostAsync("/orders/1/pay", "k1")).Status);
        Assert.Equal(422, (await web.PostAsync("/orders/2/pay", "k1")).Status);
        Assert.Equal(["1"], web.Database.Rows);
    }

    [Fact]
    public async Task What_the_application_adds_belongs_to_the_request()
    {
        await using var web = await Web.StartAsync(app => Orders(app, options => options.AddToFingerprint(context => context.Request.Headers["Currency"])));
        await web.PostAsync("/orders", "k1", change: request => request.Headers.Add("Currency", "EUR"));
        Assert.True((await web.PostAsync("/orders", "k1", change: request => request.Headers.Add("Currency", "EUR"))).IsReplayed);
        Assert.Equal(422, (await web.PostAsync("/orders", "k1", change: request => request.Headers.Add("Currency", "USD"))).Status);
        Assert.Equal(422, (await web.PostAsync("/orders", "k1")).Status);
    }

    [Fact]
    public async Task A_body_that_the_handler_does_not_read_belongs_to_the_request_all_the_same()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/orders", (FakeDb db) => db.Save("order")).RequireIdempotencyKey<FakeDb>());
        await web.PostAsync("/orders", "k1", "one");
        Assert.True((await web.PostAsync("/orders", "k1", "one")).IsReplayed);
        Assert.Equal(422, (await web.PostAsync("/orders", "k1", "two")).Status);
    }

    [Fact]
    public async Task The_handler_reads_the_whole_body()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/echo", async (HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            return Results.Text(await reader.ReadToEndAsync());
        }).RequireIdempotencyKey<FakeDb>());
        var body = string.Concat(Enumerable.Range(0, 50_000));
        Assert.Equal(body, (await web.PostAsync("/echo", "k1", body)).Body);
        Assert.Equal(body, (await web.PostAsync("/echo", "k1", body)).Body);
        Assert.Equal(422, (await web.PostAsync("/echo", "k1", body + "x")).Status);
    }

    [Fact]
    public async Task A_form_that_was_read_before_belongs_to_the_request()
    {
        await using var web = await Web.StartAsync(app =>
        {
            app.Use(async (context, next) =>
            {
                await context.Request.ReadFormAsync();
                await next(context);
            });
            app.UseRouting();
            app.MapPost("/forms", (FakeDb db, HttpContext context) => db.Save(context.Request.Form["a"]!)).DisableAntiforgery().RequireIdempotencyKey<FakeDb>();
        });
        Assert.Equal(200, (await FormAsync(web, "1")).Status);
        Assert.True((await FormAsync(web, "1")).IsReplayed);
        Assert.Equal(422, (await FormAsync(web, "2")).Status);
        Assert.Equal(["1"], web.Database.Rows);
    }

    [Fact]
    public async Task A_body_that_was_buffered_before_belongs_to_the_request_and_can_be_read_again()
    {
        await using var web = await Web.StartAsync(app =>
        {
            app.Use((context, next) =>
            {
                context.Request.EnableBuffering();
                return next(context);
            });
            app.UseRouting();
            app.MapPost("/orders", async (FakeDb db, HttpContext context) =>
            {
                using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
                var once = await reader.ReadToEndAsync();
                context.Request.Body.Position = 0;
                db.Save(once + await reader.ReadToEndAsync());
            }).RequireIdempotencyKey<FakeDb>();
        });
        Assert.Equal(200, (await web.PostAsync("/orders", "k1", "a")).Status);
        Assert.True((await web.PostAsync("/orders", "k1", "a")).IsReplayed);
        Assert.Equal(422, (await web.PostAsync("/orders", "k1", "b")).Status);
        Assert.Equal(["aa"], web.Database.Rows);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task An_answer_that_is_not_stored_leaves_nothing_behind_and_is_sent_as_it_is(int status)
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/orders", (FakeDb db) =>
        {
            db.Save("order");
            return Results.Text("as it is", statusCode: status);
        }).RequireIdempotencyKey<FakeDb>());
        for (var i = 0; i < 2; i++)
        {
            var reply = await web.PostAsync("/orders", "k1");
            Assert.Equal((status, "as it is", false), (reply.Status, reply.Body, reply.IsReplayed));
        }

        Assert.Empty(web.Database.Rows);
        Assert.Empty(web.Database.Keys);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(204)]
    [InlineData(303)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task Results_redirections_and_refusals_are_stored(int status)
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/orders", (FakeDb db) =>
        {
            db.Save("order");
            return Results.StatusCode(status);
        }).RequireIdempotencyKey<FakeDb>());
        Assert.Equal(status, (await web.PostAsync("/orders", "k1")).Status);
        var repeat = await web.PostAsync("/orders", "k1");
        Assert.Equal((status, true), (repeat.Status, repeat.IsReplayed));
        Assert.Single(web.Database.Rows);
    }

    [Fact]
    public async Task The_application_may_decide_what_is_stored()
    {
        var status = 404;
        await using var web = await Web.StartAsync(app => app.MapPost("/orders", () => Results.StatusCode(status))
            .RequireIdempotencyKey<FakeDb>(options => options.Store = answer => answer.StatusCode != 404 && answer.IsStoredByDefault));
        Assert.Equal(404, (await web.PostAsync("/orders", "k1")).Status);
        status = 200;
        Assert.Equal(200, (await web.PostAsync("/orders", "k1")).Status);
    }

    [Fact]
    public async Task An_exception_leaves_nothing_behind_and_reaches_the_application()
    {
        var fail = true;
        await using var web = await Web.StartAsync(app =>
        {
            app.UseExceptionHandler(errors => errors.Run(context => context.Response.WriteAsync("the application's own page")));
            app.UseRouting();
            app.MapPost("/orders", async (FakeDb db, HttpContext context) =>
            {
                db.Save("order");
                await context.Response.WriteAsync("half an answer");
                return fail ? throw new InvalidOperationException("Oops.") : Results.Empty;
            }).RequireIdempotencyKey<FakeDb>();
        });
        var failed = await web.PostAsync("/orders", "k1");
        Assert.Equal((500, "the application's own page"), (failed.Status, failed.Body));
        Assert.Empty(web.Database.Rows);
        fail = false;
        Assert.Equal("half an answer", (await web.PostAsync("/orders", "k1")).Body);
        Assert.Single(web.Database.Rows);
    }

    [Fact]
    public async Task A_repeat_of_a_running_request_is_told_when_to_come_back()
    {
        var entered = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var web = await Web.StartAsync(app => app.MapPost("/orders", async (FakeDb db) =>
        {
            entered.SetResult();
            await go.Task;
            db.Save("order");
            return "done";
        }).RequireIdempotencyKey<FakeDb>());
        var first = web.PostAsync("/orders", "k1");
        await entered.Task;
        var second = await web.PostAsync("/orders", "k1");
        Assert.Equal((409, "in-progress", 1), (second.Status, second.Problem, second.RetryAfter));
        go.SetResult();
        Assert.Equal("done", (await first).Body);
        Assert.True((await web.PostAsync("/orders", "k1")).IsReplayed);
        Assert.Single(web.Database.Rows);
    }

    [Fact]
    public async Task Bytes_leave_after_the_commit()
    {
        var started = true;
        await using var web = await Web.StartAsync(
            app => app.MapPost("/orders", async (HttpContext context, FakeDb db) =>
            {
                await context.Response.StartAsync();
                await context.Response.WriteAsync("one ");
                await context.Response.Body.FlushAsync();
                await context.Response.BodyWriter.FlushAsync();
                started = context.Response.HasStarted;
                db.Save("order");
                await context.Response.WriteAsync("two");
                await context.Response.CompleteAsync();
            }).RequireIdempotencyKey<FakeDb>(),
            onWire: true);
        Assert.Equal("one two", (await web.PostAsync("/orders", "k1")).Body);
        Assert.False(started);
        web.Database.FailOnCommit = new TimeoutException();
        var failed = await web.PostAsync("/orders", "k2");
        Assert.Equal((503, "store-unavailable"), (failed.Status, failed.Problem));
        Assert.Single(web.Database.Rows);
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_and_leaves_nothing_behind()
    {
        await using var web = await Web.StartAsync(app => Orders(app, options => options.MaxRequestBytes = 10));
        Assert.Equal((413, "request-too-large"), Of(await web.PostAsync("/orders", "k1", "{\"a\":\"0123456789\"}")));
        Assert.Equal((413, "request-too-large"), Of(await web.PostAsync("/orders", "k1", "{\"a\":\"0123456789\"}", change: Chunked)));
        Assert.Empty(web.Database.Rows);
        Assert.Equal(200, (await web.PostAsync("/orders", "k1", "{\"a\":123}")).Status);

        // And of a repeat.
        Assert.Equal((413, "request-too-large"), Of(await web.PostAsync("/orders", "k1", "{\"a\":\"0123456789\"}", change: Chunked)));
    }

    [Fact]
    public async Task An_answer_whose_status_has_no_body_is_not_committed_with_one()
    {
        await using var web = await Web.StartAsync(
            app =>
            {
                app.UseExceptionHandler(errors => errors.Run(_ => Task.CompletedTask));
                app.UseRouting();
                app.MapPost("/orders", async (FakeDb db, HttpContext context) =>
                {
                    db.Save("order");
                    context.Response.StatusCode = 204;
                    await context.Response.WriteAsync("but");
                }).RequireIdempotencyKey<FakeDb>();
            },
            onWire: true);
        Assert.Equal(500, (await web.PostAsync("/orders", "k1")).Status);
        Assert.Empty(web.Database.Rows);
    }

    [Fact]
    public async Task A_stored_answer_that_cannot_be_read_runs_nothing()
    {
        await using var web = await Web.StartAsync(app => Orders(app));
        await web.PostAsync("/orders", "k1");
        var (key, found) = web.Database.Keys.Single();
        web.Database.Keys[key] = found with { Answer = found.Answer with { Content = new byte[] { 99, 0, 200, 0, 0 } } };
        Assert.Equal((503, "store-unavailable"), Of(await web.PostAsync("/orders", "k1")));
        Assert.Single(web.Database.Rows);
    }

    [Fact]
    public async Task When_another_attempt_was_first_its_answer_counts_and_nothing_of_this_one()
    {
        var name = "first";
        await using var web = await Web.StartAsync(app => app.MapPost("/orders", async (FakeDb db, HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await reader.ReadToEndAsync();
            db.Save(name);
            context.Response.Headers.ETag = $"\"{name}\"";
            context.Response.Headers["X-Own"] = name;
            return Results.Text(name, statusCode: name == "first" ? 201 : 202);
        }).RequireIdempotencyKey<FakeDb>());
        await web.PostAsync("/orders", "k1");
        web.Database.TakenAtCommit = web.Database.Keys.Single().Value;
        web.Database.Keys.Clear();
        name = "second";
        var second = await web.PostAsync("/orders", "k1");
        Assert.Equal((201, "first", true, "\"first\""), (second.Status, second.Body, second.IsReplayed, second.Headers["ETag"]));
        Assert.False(second.Headers.ContainsKey("X-Own"));
        Assert.Equal(422, (await web.PostAsync("/orders", "k1", "other")).Status);
        Assert.Equal(["first"], web.Database.Rows);
    }

    internal static void Chunked(HttpRequestMessage request)
    {
        request.Headers.TransferEncodingChunked = true;
        request.Content!.Headers.ContentLength = null;
    }

    private static (int, string?) Of(Reply reply) => (reply.Status, reply.Problem);

    private static async Task<Reply> FormAsync(Web web, string value)
    {
        using var client = web.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/forms") { Content = new FormUrlEncodedContent([KeyValuePair.Create("a", value)]) };
        request.Headers.Add("Idempotency-Key", "k1");
        using var response = await client.SendAsync(request);
        return await Reply.OfAsync(response);
    }

    private static void Orders(WebApplication app, Action<IdempotencyKeyOptions>? configure = null) =>
        app.MapPost("/orders", async (FakeDb db, HttpContext context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            db.Save(await reader.ReadToEndAsync());
            return "done";
        }).RequireIdempotencyKey<FakeDb>(configure);
}
