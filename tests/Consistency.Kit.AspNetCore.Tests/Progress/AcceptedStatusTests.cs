using Consistency.Kit.AspNetCore.Progress;
using Consistency.Kit.AspNetCore.Tests.Support;

namespace Consistency.Kit.AspNetCore.Tests.Progress;

public sealed class AcceptedStatusTests
{
    [Fact]
    public async Task What_is_processed_behind_is_accepted_fast_and_seen_until_it_is_done()
    {
        var status = WorkStatus.Pending(TimeSpan.FromSeconds(2.5));
        await using var web = await Web.StartAsync(
            app =>
            {
                app.MapPost("/orders", (FakeDb db) =>
                {
                    db.Save("order");
                    return Results.Extensions.AcceptedStatus("order-status", new() { ["id"] = 7 }, TimeSpan.FromMilliseconds(1_200));
                }).RequireIdempotencyKey<FakeDb>();
                app.MapStatus("/orders/{id}/status", (int id) => id == 7 ? status : WorkStatus.Unknown()).WithName("order-status");
            },
            onWire: true);

        var accepted = await web.PostAsync("/orders", "k1");
        Assert.Equal((202, "/orders/7/status", 2), (accepted.Status, accepted.Headers["Location"], accepted.RetryAfter));
        var repeat = await web.PostAsync("/orders", "k1");
        Assert.Equal((202, "/orders/7/status", 2, true), (repeat.Status, repeat.Headers["Location"], repeat.RetryAfter, repeat.IsReplayed));

        var pending = await GetAsync(web, "/orders/7/status");
        Assert.Equal((200, "{\"status\":\"pending\"}", 3, "no-store"), (pending.Status, pending.Body, pending.RetryAfter, pending.Headers["Cache-Control"]));
        status = WorkStatus.Failed("The card was \"refused\".");
        Assert.Equal((200, "{\"status\":\"failed\",\"reason\":\"The card was \\u0022refused\\u0022.\"}", null), (await GetAsync(web, "/orders/7/status")) is var failed ? (failed.Status, failed.Body, failed.RetryAfter) : default);
        status = WorkStatus.Done("/orders/7");
        var done = await GetAsync(web, "/orders/7/status");
        Assert.Equal((303, "/orders/7", ""), (done.Status, done.Headers["Location"], done.Body));
        Assert.Equal(404, (await GetAsync(web, "/orders/8/status")).Status);
    }

    [Fact]
    public async Task A_status_endpoint_that_cannot_be_found_is_an_error_that_names_the_cure_and_keeps_nothing()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/orders", (FakeDb db) =>
        {
            db.Save("order");
            return Results.Extensions.AcceptedStatus("nowhere", []);
        }).RequireIdempotencyKey<FakeDb>());
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync("/orders", "k1"));
        Assert.Contains(".WithName(\"nowhere\")", error.Message, StringComparison.Ordinal);
        Assert.Empty(web.Database.Rows);
    }

    [Fact]
    public async Task A_status_endpoint_returns_nothing_else()
    {
        await using var web = await Web.StartAsync(app => Assert.Throws<ArgumentException>(() => app.MapStatus("/a", () => "x")));
        await using var other = await Web.StartAsync(app => app.MapStatus("/a", () => Task.FromResult(WorkStatus.Unknown())));
        Assert.Equal(404, (await GetAsync(other, "/a")).Status);
    }

    private static async Task<Reply> GetAsync(Web web, string path)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = web.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>() is Microsoft.AspNetCore.TestHost.TestServer ? web.Client() : new HttpClient(handler) { BaseAddress = web.Address };
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return await Reply.OfAsync(response);
    }
}
