using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Tests.Idempotency;

public sealed class IdempotencyTelemetryTests : IAsyncDisposable
{
    private static readonly IdempotencyKey Key = new("k", "POST /orders", "ann");

    private readonly string _store = $"store-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<string> _measured = new();
    private readonly FakeTime _time = new();
    private readonly MemoryIdempotency _memory;
    private readonly WatchedClaims _claims;
    private readonly MeterListener _listener;
    private readonly ServiceProvider _services;

    public IdempotencyTelemetryTests()
    {
        _memory = new MemoryIdempotency(_time);
        _claims = new WatchedClaims(_memory);
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(_time)
            .AddConsistencyKit(kit => kit
                .UseJson(ResultJson.Default)
                .AddIdempotencyStore(_ => new IdempotencyStore { Name = _store, Claims = _claims, Expiry = _memory, IsShared = false }))
            .BuildServiceProvider();
        _listener = Listen();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IdempotencyEngine Engine => _services.GetRequiredService<IdempotencyEngines>().Shared;

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Requests_are_counted_by_outcome()
    {
        await RunAsync(() => RunAsync(() => Task.CompletedTask));
        await RunAsync(() => Task.CompletedTask);
        await Engine.ExecuteAsync(null, Key, Fingerprint.Of("else"u8), (_, _) => Task.FromResult(0), Token);
        Assert.Equal(["requests started", "requests in_progress", "requests replayed", "requests mismatched"], _measured);
    }

    [Fact]
    public async Task An_attempt_without_an_answer_is_counted_by_reason()
    {
        await Assert.ThrowsAsync<InvalidTimeZoneException>(() => RunAsync(() => throw new InvalidTimeZoneException()));
        await Engine.ExecuteAsync(null, Key, Fingerprint.None, (_, _) => Task.FromResult(AttemptEnd.WithoutAnswer), Token);
        Assert.Equal(["requests started", "answers_not_stored failed", "requests started", "answers_not_stored not_wanted"], _measured);
    }

    [Fact]
    public async Task An_answer_that_the_store_does_not_take_is_counted()
    {
        _claims.CompletionsToFail = int.MaxValue;
        var refused = Assert.ThrowsAsync<TimeoutException>(() => RunAsync(() => Task.CompletedTask));
        await TestServers.Eventually.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return refused.IsCompleted;
            },
            TimeSpan.FromSeconds(30),
            "the store is not asked any more",
            Token);
        await refused;
        Assert.Equal(["requests started", "answers_not_stored store_failed"], _measured);
    }

    [Fact]
    public async Task A_lost_lease_is_counted_once()
    {
        await Assert.ThrowsAsync<AttemptLostException>(() => Engine.ExecuteAsync(
            null,
            Key,
            Fingerprint.None,
            async (attempt, token) =>
            {
                await _memory.ReleaseAsync(attempt.Lease, token);
                Assert.IsType<IdempotencyClaim.Started>(await _memory.TryBeginAsync(
                    new IdempotencyRequest { Key = Key, Fingerprint = Fingerprint.None, Lease = TimeSpan.FromMinutes(1), Retention = TimeSpan.FromHours(1) }, token));
                return 0;
            },
            Token));
        Assert.Equal(["requests started", "leases_lost"], _measured);
    }

    [Fact]
    public async Task Collected_keys_are_counted()
    {
        await RunAsync(() => Task.CompletedTask);
        var host = _services.GetServices<IHostedService>().OfType<IdempotencyHost>().Single();
        await host.StartedAsync(Token);
        _time.Advance(TimeSpan.FromHours(25));
        await TestServers.Eventually.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                return _measured.Contains("collected");
            },
            TimeSpan.FromSeconds(30),
            "the key is collected",
            Token);
        await host.StoppingAsync(Token);
        Assert.Equal(["requests started", "collected"], _measured);
    }

    [Fact]
    public async Task The_callers_span_has_the_outcome_and_the_keys_hash_and_no_metric_has()
    {
        using var source = new ActivitySource(_store);
        using var listener = new ActivityListener { ShouldListenTo = it => it.Name == _store, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData };
        ActivitySource.AddActivityListener(listener);
        using (var span = source.StartActivity("request"))
        {
            await RunAsync(() => Task.CompletedTask);
            Assert.Equal("started", span!.GetTagItem("consistency.outcome"));
            Assert.Equal(1L, span.GetTagItem("consistency.attempt"));
            Assert.Equal(Key.ToString(), span.GetTagItem("consistency.idempotency.key"));
            await RunAsync(() => Task.CompletedTask);
            Assert.Equal("replayed", span.GetTagItem("consistency.outcome"));
        }

        Assert.Equal(["requests started", "requests replayed"], _measured);
    }

    private Task<IdempotentResult<int>> RunAsync(Func<Task> work) => Engine.ExecuteAsync(
        null,
        Key,
        Fingerprint.None,
        async (_, _) =>
        {
            await work();
            return 0;
        },
        Token);

    /// <summary>Writes down each measurement of this test's store: the instrument and the tags but the store.</summary>
    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == KitDiagnostics.Name && instrument.Name.StartsWith("consistency.idempotency.", StringComparison.Ordinal))
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            var values = new List<string> { instrument.Name["consistency.idempotency.".Length..] };
            var isOwn = false;
            foreach (var (name, value) in tags)
            {
                if (name == "consistency.store")
                {
                    isOwn = Equals(value, _store);
                }
                else
                {
                    values.Add($"{value}");
                }
            }

            if (isOwn)
            {
                _measured.Enqueue(string.Join(' ', values));
            }
        });
        listener.Start();
        return listener;
    }
}
