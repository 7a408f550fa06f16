using Consistency.Kit.AspNetCore.Tests.Support;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

public sealed class LargeAnswerTests
{
    private const int Cap = 10_000;

    [Theory]
    [InlineData(Cap - 1, false)]
    [InlineData(Cap, false)]
    [InlineData(Cap + 1, true)]
    [InlineData(Cap * 30, true)]
    public async Task Over_the_cap_the_body_is_omitted_from_repeats_and_nothing_else(int size, bool omitted)
    {
        await using var web = await Web.StartAsync(
            app => app.MapPost("/reports", async (FakeDb db, HttpContext context) =>
            {
                context.Response.Headers.ETag = "\"1\"";
                context.Response.StatusCode = 201;
                db.Save("before");
                var left = Text(size);
                while (left.Length > 0)
                {
                    var part = left[..Math.Min(left.Length, 777)];
                    await context.Response.WriteAsync(part);
                    left = left[part.Length..];
                }

                // Still before the commit, whatever was written.
                db.Save("after");
            }).RequireIdempotencyKey<FakeDb>(options => options.MaxStoredBodyBytes = Cap),
            onWire: true);

        var first = await web.PostAsync("/reports", "k1");
        var repeat = await web.PostAsync("/reports", "k1");

        Assert.Equal((201, Text(size)), (first.Status, first.Body));
        Assert.Equal((201, omitted ? "" : Text(size), true), (repeat.Status, repeat.Body, repeat.IsReplayed));
        Assert.Equal("\"1\"", repeat.Headers["ETag"]);
        Assert.Equal(omitted ? "omitted" : null, repeat.Headers.GetValueOrDefault("Idempotency-Body"));
        Assert.Equal(["before", "after"], web.Database.Rows);
        Assert.Empty(web.Database.OutsideTransactions);
    }

    [Fact]
    public async Task A_handler_that_fails_behind_a_large_answer_leaves_nothing_behind()
    {
        await using var web = await Web.StartAsync(
            app =>
            {
                app.UseExceptionHandler(errors => errors.Run(_ => Task.CompletedTask));
                app.UseRouting();
                app.MapPost("/reports", async (FakeDb db, HttpContext context) =>
                {
                    db.Save("before");
                    await context.Response.WriteAsync(Text(Cap * 30));
                    throw new InvalidOperationException("Oops.");
                }).RequireIdempotencyKey<FakeDb>(options => options.MaxStoredBodyBytes = Cap);
            },
            onWire: true);
        var failed = await web.PostAsync("/reports", "k1");
        Assert.Equal((500, ""), (failed.Status, failed.Body));
        Assert.Empty(web.Database.Rows);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("stream")]
    [InlineData("file")]
    [InlineData("sync")]
    [InlineData("memory")]
    public async Task Every_way_to_write_is_held_back_and_repeated(string way)
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Text(200_000));
        await using var web = await Web.StartAsync(app => app.MapPost("/reports", IResult (HttpContext context) =>
        {
            switch (way)
            {
                case "json":
                    return Results.Json(Enumerable.Range(0, 50_000));
                case "stream":
                    return Results.Stream(stream => stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(Text(200_000))).AsTask());
                case "file":
                    return Results.File(file, "text/plain");
                case "sync":
                    context.Response.Body.Write(System.Text.Encoding.ASCII.GetBytes(Text(200_000)));
                    return Results.Empty;
                default:
                    var memory = context.Response.BodyWriter.GetMemory(150_000);
                    memory.Span[..150_000].Fill((byte)'m');
                    context.Response.BodyWriter.Advance(150_000);
                    return Results.Empty;
            }
        }).RequireIdempotencyKey<FakeDb>());
        var first = await web.PostAsync("/reports", "k1");
        var repeat = await web.PostAsync("/reports", "k1");
        Assert.True(first.Body.Length >= 150_000);
        Assert.Equal(first.Body, repeat.Body);
        Assert.Equal(first.Headers.GetValueOrDefault("Content-Type"), repeat.Headers.GetValueOrDefault("Content-Type"));
        Assert.True(repeat.IsReplayed);
        File.Delete(file);
    }

    private static string Text(int size) => string.Create(size, 0, (span, _) =>
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = (char)('a' + (i % 23));
        }
    });
}
