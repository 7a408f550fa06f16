using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Consistency.Kit.AspNetCore.Callbacks;
using Consistency.Kit.AspNetCore.Tests.Support;
using Consistency.Kit.Callbacks;
using Consistency.Kit.TestServers;
using Consistency.Kit.Work;

namespace Consistency.Kit.AspNetCore.Tests.Callbacks;

public sealed class CallbackEndpointTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_genuine_callback_is_stored_then_acknowledged_in_the_providers_words_and_processed()
    {
        await using var web = await StartAsync();
        Assert.Equal((200, "SUCCESS"), await PostAsync(web, "event-1\npaid"));
        var news = Book(web);
        await Eventually.UntilAsync(() => Task.FromResult(news.Seen.Count == 1), Patience, "the callback is processed");
        Assert.True(news.Seen.TryPeek(out var seen));
        Assert.Equal(("provider", "event-1", "news", "event-1\npaid"), (seen.Provider, seen.EventId, seen.Kind, Encoding.UTF8.GetString(seen.Body.Span)));
        Assert.Equal(SharedSecretVerifier.Sign("event-1\npaid"), seen.Headers["x-signature"]);
    }

    [Fact]
    public async Task Copies_of_a_callback_are_acknowledged_and_processed_once_and_other_news_of_the_same_thing_is_none()
    {
        await using var web = await StartAsync(run: false);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PostAsync(web, $"refund-{i % 2}\norder 1")));
        Assert.All(answers, answer => Assert.Equal((200, "SUCCESS"), answer));
        Assert.Equal(2, await CountAsync(web, 2));
    }

    [Fact]
    public async Task Processing_that_stands_still_does_not_keep_a_callback_from_being_acknowledged()
    {
        await using var web = await StartAsync(run: false);
        Assert.Equal((200, "SUCCESS"), await PostAsync(web, "event-1"));
        Assert.Empty(Book(web).Seen);
    }

    [Fact]
    public async Task What_it_speaks_of_may_come_later()
    {
        await using var web = await StartAsync();
        Book(web).Answer = attempt => attempt < 3 ? CallbackOutcome.Wait("The order is not here yet.") : CallbackOutcome.Done;
        await PostAsync(web, "event-1");
        await Eventually.UntilAsync(async () => (await FindAsync(web, "event-1")).Status == WorkStatus.Done, Patience, "the callback found its order");
        Assert.Equal(3, Book(web).Seen.Count);
    }

    [Fact]
    public async Task A_contradiction_is_parked_at_once_and_raises_an_alert()
    {
        await using var web = await StartAsync();
        Book(web).Answer = _ => CallbackOutcome.Quarantined("The amount is another one.");
        await PostAsync(web, "event-1");
        await Eventually.UntilAsync(() => Task.FromResult(Book(web).Alerts.Count == 1), Patience, "the alert");
        var parked = await FindAsync(web, "event-1");
        Assert.Equal(WorkStatus.Parked, parked.Status);
        Assert.Contains("The amount is another one.", parked.Error, StringComparison.Ordinal);
        Assert.Single(Book(web).Seen);
    }

    [Fact]
    public async Task Nothing_that_a_stranger_sends_is_stored()
    {
        await using var web = await StartAsync(run: false);
        var verifier = web.Services.GetRequiredService<SharedSecretVerifier>();
        Assert.Equal((401, "FAIL"), await PostAsync(web, "event-1", signatures: []));
        Assert.Equal((401, "FAIL"), await PostAsync(web, "event-1", signatures: [""]));
        Assert.Equal((401, "FAIL"), await PostAsync(web, "event-1", signatures: [SharedSecretVerifier.Sign("event-1"), SharedSecretVerifier.Sign("event-1")]));
        Assert.Equal((413, "FAIL"), await PostAsync(web, new string('x', 1_025)));
        Assert.Equal(0, verifier.Asked);
        Assert.Equal((401, "FAIL"), await PostAsync(web, "event-1", signatures: [SharedSecretVerifier.Sign("event-2")]));
        Assert.Equal((401, "FAIL"), await PostAsync(web, "event-1", signatures: ["no hex"]));
        Assert.Equal(2, verifier.Asked);
        Assert.Equal(0, await CountAsync(web, 0));
    }

    [Fact]
    public async Task A_huge_body_is_refused_before_it_is_read_and_an_endless_one_at_the_cap()
    {
        await using var web = await StartAsync(run: false, onWire: true);
        var announced = await Wire.ExchangeAsync(web.Address, "POST /callbacks/provider HTTP/1.1\r\nHost: localhost\r\nX-Signature: aa\r\nContent-Length: 1073741824\r\n\r\nx");
        Assert.StartsWith("HTTP/1.1 413 ", announced, StringComparison.Ordinal);
        var chunk = $"400\r\n{new string('x', 1_024)}\r\n";
        var endless = await Wire.ExchangeAsync(web.Address, $"POST /callbacks/provider HTTP/1.1\r\nHost: localhost\r\nX-Signature: aa\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}{chunk}{chunk}");
        Assert.StartsWith("HTTP/1.1 413 ", endless, StringComparison.Ordinal);
        Assert.Equal(0, web.Services.GetRequiredService<SharedSecretVerifier>().Asked);
    }

    [Fact]
    public async Task A_slow_body_is_given_up()
    {
        await using var web = await StartAsync(run: false, onWire: true);
        var slow = await Wire.ExchangeAsync(web.Address, "POST /callbacks/provider HTTP/1.1\r\nHost: localhost\r\nX-Signature: aa\r\nContent-Length: 100\r\n\r\nslow");
        Assert.StartsWith("HTTP/1.1 408 ", slow, StringComparison.Ordinal);
        Assert.Equal(0, web.Services.GetRequiredService<SharedSecretVerifier>().Asked);
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_no_acknowledgement()
    {
        await using var web = await StartAsync(run: false, store: new BrokenIntake());
        Assert.Equal((503, "FAIL"), await PostAsync(web, "event-1"));
    }

    [Fact]
    public async Task However_many_come_at_once_a_few_are_stored_at_a_time_and_all_in_their_turn()
    {
        var intake = new SlowIntake();
        await using var web = await StartAsync(run: false, store: intake, bounds: options => (options.MaxConcurrentStores, options.StoreTimeout) = (3, Patience));
        var answers = Enumerable.Range(0, 20).Select(i => PostAsync(web, $"event-{i}")).ToList();
        await Eventually.UntilAsync(() => Task.FromResult(intake.Inside == 3), Patience, "three are being stored");
        intake.Open.SetResult();
        Assert.All(await Task.WhenAll(answers), answer => Assert.Equal((200, "SUCCESS"), answer));
        Assert.Equal(3, intake.Most);
    }

    [Fact]
    public async Task Whose_turn_does_not_come_in_time_is_told_to_send_again()
    {
        var intake = new SlowIntake();
        await using var web = await StartAsync(run: false, store: intake, bounds: options => (options.MaxConcurrentStores, options.StoreTimeout) = (1, TimeSpan.FromMilliseconds(200)));
        var first = PostAsync(web, "event-0");
        await Eventually.UntilAsync(() => Task.FromResult(intake.Inside == 1), Patience, "one is being stored");
        Assert.Equal((503, "FAIL"), await PostAsync(web, "event-1"));
        intake.Open.SetResult();
        Assert.Equal((200, "SUCCESS"), await first);
        Assert.Equal((200, "SUCCESS"), await PostAsync(web, "event-1"));
    }

    [Fact]
    public async Task What_is_missing_is_told_when_the_endpoint_is_mapped()
    {
        var missing = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => Web.StartAsync(app => app.MapCallback("/x", "nobody"), kit => kit.UseMemoryWork()));
        Assert.Contains("kit.AddCallbacks<YourHandler>(\"nobody\"", missing.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => StartAsync(bounds: options => options.MaxBodyBytes = 0));
        await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => StartAsync(bounds: options => options.MaxConcurrentStores = 0));
    }

    private static Task<Web> StartAsync(bool run = true, bool onWire = false, IWorkIntake? store = null, Action<CallbackEndpointOptions>? bounds = null) => Web.StartAsync(
        app => app.MapCallback("/callbacks/provider", "provider", options =>
        {
            options.MaxBodyBytes = 1_024;
            options.BodyTimeout = TimeSpan.FromMilliseconds(500);
            bounds?.Invoke(options);
        }),
        kit =>
        {
            kit.UseMemoryWork()
                .ConfigureWork(work => work.Run = run)
                .AddCallbacks<News>("provider", services => services.GetRequiredService<SharedSecretVerifier>(), callbacks => callbacks.Retry(new RetryPolicy { Plan = [TimeSpan.FromMilliseconds(20)], MaxAttempts = 50 }));
            kit.Services.AddSingleton(TimeProvider.System).AddSingleton<SharedSecretVerifier>().AddSingleton<NewsBook>().AddSingleton<IWorkAlert>(services => services.GetRequiredService<NewsBook>());
            if (store is not null)
            {
                var create = kit.Services.Last(service => service.ServiceType == typeof(WorkStore)).ImplementationFactory!;
                kit.Services.AddSingleton(services =>
                {
                    var memory = (WorkStore)create(services);
                    return new WorkStore
                    {
                        Name = "broken",
                        Intake = store,
                        Claims = memory.Claims,
                        Progress = memory.Progress,
                        Registry = memory.Registry,
                        Interventions = memory.Interventions,
                        Reader = memory.Reader,
                        Signals = memory.Signals,
                        Expiry = memory.Expiry,
                        IsDurable = true,
                        JoinsTransactions = false,
                    };
                });
                kit.Services.Remove(kit.Services.First(service => service.ServiceType == typeof(WorkStore)));
            }
        },
        onWire: onWire);

    private static NewsBook Book(Web web) => web.Services.GetRequiredService<NewsBook>();

    private static async Task<WorkSnapshot> FindAsync(Web web, string eventId) =>
        (await web.Services.GetRequiredService<WorkStore>().Reader.FindByKeyAsync("callback/provider", eventId, default))!;

    /// <summary>How many of the first events are stored.</summary>
    private static async Task<int> CountAsync(Web web, int upto)
    {
        var count = 0;
        for (var i = 0; i <= upto; i++)
        {
            count += await FindAsync(web, $"refund-{i}") is null ? 0 : 1;
            count += await FindAsync(web, $"event-{i}") is null ? 0 : 1;
        }

        return count;
    }

    private static async Task<(int Status, string Body)> PostAsync(Web web, string body, string[]? signatures = null)
    {
        using var client = web.Client();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/callbacks/provider") { Content = content };
        foreach (var signature in signatures ?? [SharedSecretVerifier.Sign(body)])
        {
            request.Headers.TryAddWithoutValidation("X-Signature", signature);
        }

        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private sealed class NewsBook : IWorkAlert
    {
        internal ConcurrentQueue<StoredCallback> Seen { get; } = new();

        internal ConcurrentQueue<WorkSnapshot> Alerts { get; } = new();

        internal Func<int, CallbackOutcome> Answer { get; set; } = static _ => CallbackOutcome.Done;

        public ValueTask ParkedAsync(WorkSnapshot work, CancellationToken cancellationToken)
        {
            Alerts.Enqueue(work);
            return ValueTask.CompletedTask;
        }
    }

    private sealed class News(NewsBook book) : ICallbackHandler
    {
        public Task<CallbackOutcome> HandleAsync(StoredCallback callback, CancellationToken cancellationToken)
        {
            book.Seen.Enqueue(callback);
            return Task.FromResult(book.Answer(book.Seen.Count));
        }
    }

    private sealed class BrokenIntake : IWorkIntake
    {
        public ValueTask<WorkAdded> AddAsync(NewWork work, CancellationToken cancellationToken) => throw new InvalidOperationException("The database is away.");

        public void AddTo(IServiceProvider scope, NewWork work) => throw new NotSupportedException();
    }
    /// <summary>Stores nothing before it is opened, and counts who is inside.</summary>
    private sealed class SlowIntake : IWorkIntake
    {
        private readonly Lock _gate = new();

        internal TaskCompletionSource Open { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal int Inside { get; private set; }

        internal int Most { get; private set; }

        public async ValueTask<WorkAdded> AddAsync(NewWork work, CancellationToken cancellationToken)
        {
            Count(1);
            await Open.Task;
            Count(-1);
            return new WorkAdded(Guid.CreateVersion7(), IsExisting: false);
        }

        public void AddTo(IServiceProvider scope, NewWork work) => throw new NotSupportedException();

        private void Count(int change)
        {
            lock (_gate)
            {
                Inside += change;
                Most = Math.Max(Most, Inside);
            }
        }
    }
}
