using System.Net.Sockets;
using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.AspNetCore.Tests.Support;
using Consistency.Kit.Idempotency;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

public sealed class StoreOutageTests
{
    private readonly BrokenClaims _claims = new(new MemoryIdempotency(TimeProvider.System));

    public static TheoryData<Exception> Outages =>
    [
        new TimeoutException(),
        new SocketException(111),
        new IOException("Reset."),
        new InvalidOperationException("Likely due to a transient failure.", new SocketException(111)),
    ];

    [Theory]
    [MemberData(nameof(Outages), DisableDiscoveryEnumeration = true)]
    public async Task Without_the_store_nothing_runs(Exception outage)
    {
        var runs = 0;
        await using var web = await StartAsync(() => ++runs);
        _claims.OnBegin = outage;
        web.Database.FailOnBegin = outage;
        foreach (var path in new[] { "/shared", "/atomic" })
        {
            var refused = await web.PostAsync(path, "k1");
            Assert.Equal((503, "store-unavailable", 1), (refused.Status, refused.Problem, refused.RetryAfter));
        }

        Assert.Equal(0, runs);
        _claims.OnBegin = web.Database.FailOnBegin = null;
        Assert.Equal("1", (await web.PostAsync("/shared", "k1")).Body);
        Assert.Equal("2", (await web.PostAsync("/atomic", "k1")).Body);
    }

    [Fact]
    public async Task The_application_may_choose_to_run_without_protection_and_it_is_logged()
    {
        var runs = 0;
        await using var web = await StartAsync(() => ++runs, options => options.WhenStoreIsDown = StoreOutage.RunUnprotected);
        _claims.OnBegin = new TimeoutException();
        web.Database.FailOnBegin = new TimeoutException();
        Assert.Equal("1", (await web.PostAsync("/shared", "k1")).Body);
        Assert.Equal("2", (await web.PostAsync("/shared", "k1")).Body);
        Assert.Equal("3", (await web.PostAsync("/atomic", "k1")).Body);
        Assert.Equal(3, web.Log.Lines.Count(line => line.StartsWith("Error 1251", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Misuse_is_not_taken_for_an_outage()
    {
        await using var web = await StartAsync(() => 1, options => options.WhenStoreIsDown = StoreOutage.RunUnprotected);
        _claims.OnBegin = new InvalidOperationException("The tables are missing.");
        await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync("/shared", "k1"));
    }

    [Fact]
    public async Task When_only_the_answer_cannot_be_stored_the_client_is_told_what_was_done()
    {
        var runs = 0;
        await using var web = await StartAsync(() => ++runs);
        _claims.OnComplete = new TimeoutException();
        var reply = await web.PostAsync("/shared", "k1");
        Assert.Equal((200, "1"), (reply.Status, reply.Body));
        Assert.Contains(web.Log.Lines, line => line.StartsWith("Error 1252", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_a_failure_cannot_be_stored_the_application_sees_its_own_exception()
    {
        await using var web = await StartAsync(() => throw new FormatException("The handler's."));
        _claims.OnComplete = new TimeoutException();
        await Assert.ThrowsAsync<FormatException>(() => web.PostAsync("/shared", "k1"));
    }

    private Task<Web> StartAsync(Func<int> handler, Action<IdempotencyKeyOptions>? configure = null) => Web.StartAsync(
        app =>
        {
            app.MapPost("/shared", handler).RequireIdempotencyKey(configure);
            app.MapPost("/atomic", handler).RequireIdempotencyKey<FakeDb>(configure);
        },
        kit => kit.AddIdempotencyStore(_ => new IdempotencyStore { Name = "broken", Claims = _claims, IsShared = true }));
}
