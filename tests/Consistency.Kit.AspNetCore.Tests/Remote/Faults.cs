using System.Collections.Concurrent;

namespace Consistency.Kit.AspNetCore.Tests.Remote;

/// <summary>A network that loses replies, and delivers requests long after their sender gave up.</summary>
internal sealed class Faults() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
{
    private readonly ConcurrentQueue<(Uri Address, byte[] Body)> _held = new();
    private int _replies;

    /// <summary>How many replies are lost from now on.</summary>
    internal int LostReplies { get => _replies; set => _replies = value; }

    /// <summary>Requests that contain this are held back.</summary>
    internal string? Holds { get; set; }

    /// <summary>Delivers what was held back.</summary>
    internal async Task<IReadOnlyList<int>> DeliverAsync()
    {
        var answers = new List<int>();
        using var http = new HttpClient();
        while (_held.TryDequeue(out var late))
        {
            using var content = new ByteArrayContent(late.Body);
            content.Headers.ContentType = new("application/json");
            using var answer = await http.PostAsync(late.Address, content);
            answers.Add((int)answer.StatusCode);
        }

        return answers;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Holds is { } held && request.RequestUri!.Query.Contains(held, StringComparison.Ordinal))
        {
            _held.Enqueue((request.RequestUri, await request.Content!.ReadAsByteArrayAsync(cancellationToken)));
            throw new HttpRequestException("The connection was lost.");
        }

        var response = await base.SendAsync(request, cancellationToken);
        if (Interlocked.Decrement(ref _replies) >= 0)
        {
            response.Dispose();
            throw new HttpRequestException("The connection was lost.");
        }

        return response;
    }
}
