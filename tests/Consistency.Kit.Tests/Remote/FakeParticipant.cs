using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Consistency.Kit.Tests.Remote;

/// <summary>The other end of the wire.</summary>
internal sealed class FakeParticipant(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    internal static readonly Uri Address = new("http://stock.test/api/stock");

    internal ConcurrentQueue<(string Method, string PathAndQuery, string? Type, string Body, string Key)> Requests { get; } = new();

    internal static FakeParticipant Answering(int status, string? type, string body, Action<HttpResponseMessage>? change = null) => new((request, _) =>
    {
        var response = Response(request, status, new ByteArrayContent(Encoding.UTF8.GetBytes(body)), type);
        change?.Invoke(response);
        return Task.FromResult(response);
    });

    internal static HttpResponseMessage Response(HttpRequestMessage request, int status, HttpContent content, string? type)
    {
        content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        return new HttpResponseMessage((HttpStatusCode)status) { Content = content, RequestMessage = request };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue((
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            request.Content!.Headers.ContentType?.ToString(),
            await request.Content.ReadAsStringAsync(cancellationToken),
            string.Join(",", request.Headers.GetValues("Idempotency-Key"))));
        return await answer(request, cancellationToken);
    }
}
