using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Consistency.Kit.Remote;
using Consistency.Kit.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tests.Remote;

/// <summary>One key for each logical request, kept over everything that the network does to it.</summary>
public sealed class IdempotencyKeyHandlerTests
{
    private static readonly IdempotencyKeyHandlerOptions Quick = new() { Retry = new RetryPolicy { BaseDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero, MaxAttempts = 4 } };

    [Fact]
    public async Task Each_request_has_a_key_of_its_own_in_quotes()
    {
        var server = new Server();
        using var client = server.Client(Quick);
        await client.PostAsync(Server.Orders, null);
        await client.PutAsync(Server.Orders, null);
        Assert.Equal(2, server.Keys.Distinct().Count());
        Assert.All(server.Keys, key => Assert.True(key is ['"', .. var inner, '"'] && Guid.TryParse(inner, out _), key));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    public async Task Safe_requests_pass_through(string method)
    {
        var server = new Server(Server.Status(503));
        using var client = server.Client(Quick);
        using var request = new HttpRequestMessage(new HttpMethod(method), Server.Orders);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.SendAsync(request)).StatusCode);
        Assert.Equal([""], server.Keys);
    }

    [Fact]
    public async Task A_key_that_the_request_has_is_kept()
    {
        var server = new Server();
        using var client = server.Client(Quick);
        using var with = new HttpRequestMessage(HttpMethod.Post, Server.Orders);
        with.Headers.TryAddWithoutValidation("Idempotency-Key", "mine");
        await client.SendAsync(with);
        using var set = new HttpRequestMessage(HttpMethod.Post, Server.Orders).SetIdempotencyKey("a\"b\\c");
        await client.SendAsync(set);
        Assert.Equal(["mine", "\"a\\\"b\\\\c\""], server.Keys);
        using var bad = new HttpRequestMessage();
        Assert.Throws<ArgumentException>(() => bad.SetIdempotencyKey(new string('a', 256)));
    }

    [Fact]
    public async Task Name_form_and_origin_of_the_key_can_be_changed()
    {
        var server = new Server { Header = "X-Request-Key" };
        using var client = server.Client(new IdempotencyKeyHandlerOptions { HeaderName = "X-Request-Key", Quoted = false, CreateKey = request => request.RequestUri!.AbsolutePath });
        await client.PostAsync(Server.Orders, null);
        Assert.Equal(["/orders"], server.Keys);
    }

    [Fact]
    public async Task What_failed_on_the_way_is_sent_again_whole_under_the_same_key()
    {
        var server = new Server(_ => throw new HttpRequestException("Refused."), _ => throw new IOException("Reset."), Server.Status(503), Server.Status(201));
        using var client = server.Client(Quick);
        using var content = new StreamContent(new OnceStream("the content"u8.ToArray()));
        Assert.Equal(HttpStatusCode.Created, (await client.PostAsync(Server.Orders, content)).StatusCode);
        Assert.Equal(4, server.Keys.Count);
        Assert.Single(server.Keys.Distinct());
        Assert.All(server.Contents, sent => Assert.Equal("the content", sent));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(409)]
    [InlineData(422)]
    [InlineData(500)]
    [InlineData(502)]
    public async Task An_answer_is_an_answer(int status)
    {
        var server = new Server(Server.Status(status));
        using var client = server.Client(Quick);
        Assert.Equal(status, (int)(await client.PostAsync(Server.Orders, null)).StatusCode);
        Assert.Single(server.Keys);
    }

    [Fact]
    public async Task Attempts_are_bounded()
    {
        var down = new Server(Server.Status(503));
        using (var client = down.Client(Quick))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.PostAsync(Server.Orders, null)).StatusCode);
        }

        Assert.Equal(4, down.Keys.Count);
        var away = new Server(_ => throw new HttpRequestException("Refused."));
        using (var client = away.Client(Quick))
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(Server.Orders, null));
        }

        Assert.Equal(4, away.Keys.Count);
    }

    [Fact]
    public async Task A_request_that_is_running_is_waited_for_as_long_as_the_server_says()
    {
        var time = new FakeTime();
        var server = new Server(Server.Status(409, seconds: 3), Server.Status(409, seconds: 3), Server.Status(409, seconds: 3), Server.Status(409, seconds: 3), Server.Status(409, seconds: 3), Server.Status(201));
        using var client = server.Client(Quick, time);
        var sending = client.PostAsync(Server.Orders, null);
        for (var round = 1; round <= 5; round++)
        {
            Assert.Equal(round, server.Keys.Count);
            time.Advance(TimeSpan.FromSeconds(2.9));
            Assert.Equal(round, server.Keys.Count);
            time.Advance(TimeSpan.FromSeconds(0.2));
            await WaitAsync(() => server.Keys.Count == round + 1);
        }

        // More often than attempts are allowed: the server was at it all the time.
        Assert.Equal(HttpStatusCode.Created, (await sending).StatusCode);
        Assert.Single(server.Keys.Distinct());
    }

    [Fact]
    public async Task The_total_time_is_bounded()
    {
        var time = new FakeTime();
        var server = new Server(Server.Status(409, seconds: 40));
        using var client = server.Client(Quick, time);
        var sending = client.PostAsync(Server.Orders, null);
        time.Advance(TimeSpan.FromSeconds(41));
        await WaitAsync(() => server.Keys.Count == 2);
        time.Advance(TimeSpan.FromSeconds(41));
        Assert.Equal(HttpStatusCode.Conflict, (await sending).StatusCode);
        Assert.Equal(3, server.Keys.Count);
    }

    [Fact]
    public async Task An_attempt_that_is_not_answered_is_given_up_and_sent_again()
    {
        var time = new FakeTime();
        var server = new Server(Server.Silence, Server.Status(201));
        using var client = server.Client(Quick, time);
        var sending = client.PostAsync(Server.Orders, null);
        time.Advance(TimeSpan.FromSeconds(31));
        await WaitAsync(() => server.Keys.Count == 2 || sending.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Created, (await sending).StatusCode);
        Assert.Single(server.Keys.Distinct());
    }

    [Fact]
    public async Task Who_does_not_want_to_wait_any_longer_does_not()
    {
        var server = new Server(Server.Silence);
        using var client = server.Client(Quick);
        using var cancel = new CancellationTokenSource();
        var sending = client.PostAsync(Server.Orders, null, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Single(server.Keys);
    }

    [Fact]
    public async Task Content_that_is_too_large_to_be_sent_again_is_not_sent()
    {
        var server = new Server();
        using var client = server.Client(new IdempotencyKeyHandlerOptions { MaxBufferedBytes = 3 });
        using var content = new StreamContent(new OnceStream("the content"u8.ToArray()));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(Server.Orders, content));
        Assert.Empty(server.Keys);
    }

    [Fact]
    public void The_kit_brings_the_handler_and_options_are_checked()
    {
        var services = new ServiceCollection();
        services.AddConsistencyKit(_ => { });
        services.AddSingleton(new IdempotencyKeyHandlerOptions { HeaderName = "" });
        using var provider = services.BuildServiceProvider();
        Assert.Throws<ArgumentException>(() => provider.GetRequiredService<IdempotencyKeyHandler>());
    }

    private static async Task WaitAsync(Func<bool> condition) => Assert.True(await Task.Run(() => SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(20))));

    /// <summary>Answers as a test says; the last answer again and again.</summary>
    private sealed class Server(params Func<CancellationToken, Task<HttpResponseMessage>>[] answers) : HttpMessageHandler
    {
        internal static readonly Uri Orders = new("http://shop/orders");

        internal string Header { get; init; } = "Idempotency-Key";

        internal List<string> Keys { get; } = [];

        internal List<string> Contents { get; } = [];

        internal static Task<HttpResponseMessage> Silence(CancellationToken cancellationToken) =>
            Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ContinueWith<HttpResponseMessage>(
                _ => throw new OperationCanceledException(cancellationToken), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        internal static Func<CancellationToken, Task<HttpResponseMessage>> Status(int status, int? seconds = null) => _ =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status);
            response.Headers.RetryAfter = seconds is { } delay ? new RetryConditionHeaderValue(TimeSpan.FromSeconds(delay)) : null;
            return Task.FromResult(response);
        };

        internal HttpClient Client(IdempotencyKeyHandlerOptions options, TimeProvider? time = null) =>
            new(new IdempotencyKeyHandler(options, time) { InnerHandler = this }) { Timeout = Timeout.InfiniteTimeSpan };

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is not null)
            {
                using var sent = new MemoryStream();
                await request.Content.CopyToAsync(sent, cancellationToken);
                Contents.Add(Encoding.UTF8.GetString(sent.ToArray()));
            }

            var next = answers.Length == 0 ? Status(200) : answers[Math.Min(Keys.Count, answers.Length - 1)];
            Keys.Add(request.Headers.NonValidated.TryGetValues(Header, out var values) ? values.ToString() : "");
            return await next(cancellationToken);
        }
    }

    /// <summary>Can be read once, as a network stream can.</summary>
    private sealed class OnceStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
