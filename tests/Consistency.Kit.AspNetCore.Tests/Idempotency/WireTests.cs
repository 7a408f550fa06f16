using System.Text;
using Consistency.Kit.AspNetCore.Tests.Support;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

/// <summary>What is on the wire, byte for byte.</summary>
public sealed class WireTests
{
    public static TheoryData<string, bool> Answers
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var answer in new[] { "json", "binary", "empty", "none", "text", "redirect", "problem", "chunks" })
            {
                data.Add(answer, true);
                data.Add(answer, false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_repeat_is_the_same_bytes(string answer, bool atomic)
    {
        await using var web = await Web.StartAsync(
            app =>
            {
                var endpoint = app.MapPost("/a", IResult (HttpContext context) =>
                {
                    context.Response.Headers.ETag = "W/\"é\"";
                    context.Response.Headers.Append("Link", "</a>; rel=next");
                    context.Response.Headers.Append("Link", "</b>; rel=prev");
                    return answer switch
                    {
                        "json" => Results.Created("/a/1", new { Text = "déjà vu", At = Guid.NewGuid() }),
                        "binary" => Results.Bytes([.. Enumerable.Range(0, 256).Select(i => (byte)i)], "application/octet-stream"),
                        "empty" => Results.Ok(),
                        "none" => Results.NoContent(),
                        "text" => Results.Text(Guid.NewGuid().ToString(), "text/plain; charset=utf-8"),
                        "redirect" => Results.Redirect("/elsewhere"),
                        "problem" => Results.Problem("No.", statusCode: 422),
                        _ => Results.Stream(async stream =>
                        {
                            for (var i = 0; i < 100; i++)
                            {
                                await stream.WriteAsync(Encoding.ASCII.GetBytes($"{Guid.NewGuid()}\n"));
                                await stream.FlushAsync();
                            }
                        }, "text/plain"),
                    };
                });
                if (atomic)
                {
                    endpoint.RequireIdempotencyKey<FakeDb>();
                }
                else
                {
                    endpoint.RequireIdempotencyKey();
                }
            },
            services: services => services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel => kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8),
            onWire: true);
        var first = await Wire.ExchangeAsync(web.Address, Wire.Post("/a", "Idempotency-Key: k1\r\n", "{}"));
        var repeat = await Wire.ExchangeAsync(web.Address, Wire.Post("/a", "Idempotency-Key: \"k1\"\r\n", "{}"));
        Assert.Contains("\r\nIdempotency-Replayed: true\r\n", repeat, StringComparison.Ordinal);
        Assert.DoesNotContain("Replayed", first, StringComparison.Ordinal);
        Assert.Equal(Sorted(first), Sorted(repeat));
    }

    [Theory]
    [InlineData("Idempotency-Key: a\r\nIdempotency-Key: a\r\n", "key-invalid")]
    [InlineData("Idempotency-Key: a\r\nIdempotency-Key: b\r\n", "key-invalid")]
    [InlineData("Idempotency-Key: a,b\r\n", "key-invalid")]
    [InlineData("Idempotency-Key: \"a\", \"b\"\r\n", "key-invalid")]
    [InlineData("Idempotency-Key: \"a\r\n", "key-invalid")]
    [InlineData("Idempotency-Key:   \r\n", "key-")]
    [InlineData("Idempotency-Key:\r\n", "key-")]
    [InlineData("Idempotency-Key: \"\"\r\n", "key-invalid")]
    [InlineData("Idempotency-Key: caf\u00c3\u00a9\r\n", "key-invalid")]
    [InlineData("idempotency-key: a b\r\n", "key-invalid")]
    [InlineData("", "key-missing")]
    public async Task What_is_no_key_is_refused(string headers, string problem)
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/a", (FakeDb db) => db.Save("a")).RequireIdempotencyKey<FakeDb>(), onWire: true);
        var answer = await Wire.ExchangeAsync(web.Address, Wire.Post("/a", headers, "{}"));
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/problem+json\r\n", answer, StringComparison.Ordinal);
        Assert.Contains($"\"type\":\"urn:consistency-kit:idempotency:{problem}", answer, StringComparison.Ordinal);
        Assert.Empty(web.Database.Rows);
    }

    [Fact]
    public async Task A_key_of_10_KB_is_refused()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/a", (FakeDb db) => db.Save("a")).RequireIdempotencyKey<FakeDb>(), onWire: true);
        var answer = await Wire.ExchangeAsync(web.Address, Wire.Post("/a", $"Idempotency-Key: {new string('a', 10_240)}\r\n", "{}"));
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("aaaa", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/atomic", true)]
    [InlineData("/atomic", false)]
    [InlineData("/atomic-unread", true)]
    [InlineData("/atomic-unread", false)]
    [InlineData("/atomic-swallowed", true)]
    [InlineData("/atomic-swallowed", false)]
    [InlineData("/shared", true)]
    [InlineData("/shared", false)]
    public async Task When_a_body_breaks_off_nothing_is_kept_and_the_key_is_free(string path, bool reset)
    {
        var arrived = new TaskCompletionSource();
        await using var web = await Web.StartAsync(
            app =>
            {
                app.Use((context, next) =>
                {
                    arrived.TrySetResult();
                    return next(context);
                });
                app.UseRouting();
                app.MapPost("/atomic", (Amount amount, FakeDb db) => db.Save($"{amount.Value}")).RequireIdempotencyKey<FakeDb>();
                app.MapPost("/atomic-unread", (FakeDb db) => db.Save("unread")).RequireIdempotencyKey<FakeDb>();
                app.MapPost("/atomic-swallowed", async (HttpContext context, FakeDb db) =>
                {
                    try
                    {
                        await context.Request.Body.CopyToAsync(Stream.Null);
                    }
                    catch (IOException)
                    {
                        // As some handlers do.
                    }

                    db.Save("swallowed");
                }).RequireIdempotencyKey<FakeDb>();
                app.MapPost("/shared", (Amount amount, FakeDb db) => db.Save($"{amount.Value}")).RequireIdempotencyKey();
            },
            onWire: true);
        var whole = Wire.Post(path, "Idempotency-Key: k1\r\n", "{\"value\":7}");
        await Wire.BreakOffAsync(web.Address, whole[..^4], reset, arrived.Task);
        var answer = "";
        await TestServers.Eventually.UntilAsync(
            async () => (answer = await Wire.ExchangeAsync(web.Address, whole)).StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal),
            TimeSpan.FromSeconds(20),
            "the key is free again");
        Assert.DoesNotContain("Replayed", answer, StringComparison.Ordinal);
        Assert.Single(web.Database.Rows);
    }

    [Fact]
    public async Task A_chunked_body_that_lies_about_its_chunks_leaves_nothing_behind()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/a", (FakeDb db) => db.Save("a")).RequireIdempotencyKey<FakeDb>(), onWire: true);
        var answer = await Wire.ExchangeAsync(web.Address, "POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nIdempotency-Key: k1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\nzz\r\n");
        Assert.DoesNotContain("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Empty(web.Database.Rows);
        Assert.Empty(web.Database.Keys);
    }

    private static string Sorted(string answer)
    {
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        return string.Join('\n', Wire.WithoutMarks(answer[..end]).Split("\r\n").Order(StringComparer.Ordinal)) + answer[end..];
    }
}
