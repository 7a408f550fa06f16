using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Consistency.Kit.Payments.Tests;

/// <summary>Answers requests in the place of a provider, and keeps them.</summary>
internal sealed class StubWire(Func<StubWire.Seen, HttpResponseMessage> answer) : HttpMessageHandler
{
    internal ConcurrentQueue<Seen> Requests { get; } = new();

    internal Seen Only => Assert.Single(Requests);

    internal HttpClient Client(string address) => new(this) { BaseAddress = new Uri(address), Timeout = Timeout.InfiniteTimeSpan };

    internal static HttpResponseMessage Json(HttpStatusCode status, string body) => new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    /// <summary>A body that begins and never ends.</summary>
    internal static HttpResponseMessage Endless() => new(HttpStatusCode.OK) { Content = new StreamContent(new EndlessStream()) };

    /// <summary>A body that never comes.</summary>
    internal static HttpResponseMessage Silent() => new(HttpStatusCode.OK) { Content = new StreamContent(new SilentStream()) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var seen = new Seen(
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase));
        Requests.Enqueue(seen);
        return answer(seen);
    }

    internal sealed record Seen(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers);

    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Fill((byte)' ');
            return ValueTask.FromResult(buffer.Length);
        }
    }

    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
