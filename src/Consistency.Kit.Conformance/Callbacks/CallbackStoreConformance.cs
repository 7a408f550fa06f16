using System.Text;
using Consistency.Kit.Callbacks;

namespace Consistency.Kit.Conformance.Callbacks;

/// <summary>The contract of what keeps raw callbacks: one of each event, as it was received.</summary>
public abstract class CallbackStoreConformance
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store. The suite disposes it.</summary>
    protected abstract ValueTask<CallbacksFixture> CreateAsync();

    [Fact]
    public Task Copies_at_once_are_stored_once() => WithStoreAsync(async store =>
    {
        var receipts = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => store.ReceiveAsync(i % 2, CallbackProbe.First, CallbackProbe.Sign($"event-{i / 5}"), "body"u8.ToArray(), Token)));
        Assert.Equal(2, receipts.OfType<CallbackReceipt.Stored>().Count());
        Assert.Equal(8, receipts.OfType<CallbackReceipt.Repeated>().Count());
        Assert.Equal(["event-0", "event-1"], (await store.ProcessAsync(2, Token)).Select(callback => callback.EventId).Order(StringComparer.Ordinal));
        Assert.IsType<CallbackReceipt.Repeated>(await store.ReceiveAsync(1, CallbackProbe.First, CallbackProbe.Sign("event-0"), "body"u8.ToArray(), Token));
    });

    [Fact]
    public Task News_are_told_apart_by_provider_case_and_the_end_of_long_ids() => WithStoreAsync(async store =>
    {
        var prefix = new string('x', 300);
        foreach (var (provider, id) in ((string, string)[])[(CallbackProbe.First, "a"), (CallbackProbe.First, "A"), (CallbackProbe.Second, "a"), (CallbackProbe.First, prefix + "1"), (CallbackProbe.First, prefix + "2")])
        {
            Assert.IsType<CallbackReceipt.Stored>(await store.ReceiveAsync(0, provider, CallbackProbe.Sign(id), "body"u8.ToArray(), Token));
            Assert.IsType<CallbackReceipt.Repeated>(await store.ReceiveAsync(1, provider, CallbackProbe.Sign(id), "body"u8.ToArray(), Token));
        }

        Assert.Equal(5, (await store.ProcessAsync(5, Token)).Count);
    });

    [Fact]
    public Task A_callback_is_processed_as_it_was_received_and_a_forged_one_never_is() => WithStoreAsync(async store =>
    {
        byte[] body = [.. Enumerable.Range(0, 64 * 1024).Select(i => (byte)(i * 31))];
        var forged = Assert.IsType<CallbackReceipt.Refused>(await store.ReceiveAsync(0, CallbackProbe.First, "event-2", body, Token));
        Assert.Equal(CallbackRefusal.BadSignature, forged.Reason);
        await store.ReceiveAsync(0, CallbackProbe.First, CallbackProbe.Sign("event-1"), body, Token);
        var callback = Assert.Single(await store.ProcessAsync(1, Token));
        Assert.Equal((CallbackProbe.First, "event-1", CallbackProbe.Kind), (callback.Provider, callback.EventId, callback.Kind));
        Assert.True(body.AsSpan().SequenceEqual(callback.Body.Span));
        Assert.Equal(CallbackProbe.Sign("event-1"), callback.Headers[CallbackProbe.Header]);
        Assert.Equal("event-1", Encoding.UTF8.GetString(Convert.FromHexString(callback.Headers[CallbackProbe.Header])));
    });

    private async Task WithStoreAsync(Func<CallbacksFixture, Task> test)
    {
        await using var store = await CreateAsync();
        await test(store);
    }
}
