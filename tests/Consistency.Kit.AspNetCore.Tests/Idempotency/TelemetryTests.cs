using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Consistency.Kit.AspNetCore.Tests.Support;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Idempotency;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Requests_in_one_transaction_with_their_key_are_counted_by_outcome()
    {
        var store = $"store-{Guid.NewGuid():N}";
        var counted = new ConcurrentQueue<string>();
        using var listener = Listen(store, counted);
        var running = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        await using var web = await Web.StartAsync(
            app =>
            {
                app.MapPost("/a", async () =>
                {
                    running.TrySetResult();
                    await go.Task;
                    return "x";
                }).RequireIdempotencyKey<TelemetryTests>();
                app.MapPost("/unwanted", () => Results.Conflict()).RequireIdempotencyKey<TelemetryTests>();
                app.MapPost("/fails", string () => throw new FormatException()).RequireIdempotencyKey<TelemetryTests>();
            },
            kit => kit.AddIdempotencyStore(services => new IdempotencyStore
            {
                Key = typeof(TelemetryTests),
                Name = store,
                Claims = new MemoryIdempotency(TimeProvider.System),
                Atomic = new FakeAtomic(services.GetRequiredService<FakeDatabase>(), TimeProvider.System),
                IsShared = true,
            }));
        var first = web.PostAsync("/a", "k1");
        await running.Task;
        Assert.Equal(409, (await web.PostAsync("/a", "k1")).Status);
        go.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.True((await web.PostAsync("/a", "k1")).IsReplayed);
        Assert.Equal(422, (await web.PostAsync("/a", "k1", "{\"other\":1}")).Status);
        Assert.Equal(409, (await web.PostAsync("/unwanted", "k1")).Status);
        await Assert.ThrowsAsync<FormatException>(() => web.PostAsync("/fails", "k1"));
        Assert.Equal(
            ["requests started", "requests in_progress", "requests replayed", "requests mismatched", "requests started", "answers_not_stored not_wanted", "requests started", "answers_not_stored failed"],
            counted);
    }

    private static MeterListener Listen(string store, ConcurrentQueue<string> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == KitDiagnostics.Name)
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            if (tags is [{ Key: "consistency.store", Value: string name }, { Value: string value }] && name == store)
            {
                counted.Enqueue($"{instrument.Name.Split('.')[^1]} {value}");
            }
        });
        listener.Start();
        return listener;
    }
}
