using System.Net.Http.Json;
using Consistency.Kit;
using Consistency.Kit.Remote;
using Shop.Chaos;
using Shop.Orders;

namespace Shop.Customers;

/// <summary>An impatient customer's phone: sends requests twice, at once or long after, and never gives one up while the shop is away.</summary>
internal sealed class ShopClient : IDisposable
{
    private const double TwiceAtOnce = 0.10;
    private const double TwiceLongAfter = 0.05;

    /// <summary>The shop is killed again and again, and away for seconds each time.</summary>
    private static readonly IdempotencyKeyHandlerOptions Patience = new()
    {
        Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromMilliseconds(500), MaxAttempts = 10_000 },
        TotalTimeout = TimeSpan.FromMinutes(10),
    };

    private readonly Mischief _mischief;
    private readonly Tally _tally;
    private readonly HttpClient _http;

    internal ShopClient(ShopSettings settings, Mischief mischief, Tally tally)
    {
        _mischief = mischief;
        _tally = tally;
        _http = new HttpClient(new IdempotencyKeyHandler(Patience)
        {
            InnerHandler = UnixSocket.CreateHandler(settings.Socket),
        })
        {
            BaseAddress = new Uri("http://shop"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Add(ShopHost.CustomerHeader, "ada");
    }

    internal async Task<Guid> PlaceAsync(OrderRequest request, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("/orders", $"order-{request.Reference}", request, cancellationToken);

        // "/orders/{id}/status"
        return Guid.Parse(answer.Location!.Split('/')[2]);
    }

    internal Task ChangeAsync(Guid order, CancellationToken cancellationToken) =>
        PostAsync<object?>($"/orders/{order}/changes", $"change-{order}", null, cancellationToken);

    internal Task PayAsync(Guid order, CancellationToken cancellationToken) =>
        PostAsync<object?>($"/orders/{order}/payment", $"payment-{order}", null, cancellationToken);

    internal async Task<OrderState?> StateAsync(Guid order, CancellationToken cancellationToken)
    {
        try
        {
            return (await _http.GetFromJsonAsync<OrderStatus>($"/orders/{order}", cancellationToken))!.State;
        }
        catch (HttpRequestException)
        {
            // The shop is away for a moment.
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends the request once or twice at once, and sometimes once more after its answer.</summary>
    private async Task<Answer> PostAsync<TRequest>(string path, string key, TRequest request, CancellationToken cancellationToken)
    {
        var copies = _mischief.Happens(TwiceAtOnce) ? 2 : 1;
        var answers = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => SendAsync(path, key, request, cancellationToken)));
        Compare(answers);
        if (_mischief.Happens(TwiceLongAfter))
        {
            Compare(answers[0], await SendAsync(path, key, request, cancellationToken));
        }

        return answers[0];
    }

    private async Task<Answer> SendAsync<TRequest>(string path, string key, TRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = request is null ? null : JsonContent.Create(request) };
        using var response = await _http.SendAsync(message.SetIdempotencyKey(key), cancellationToken);
        if (response.Headers.Contains("Idempotency-Replayed"))
        {
            _tally.Count(Fact.AnswersReplayed);
        }

        response.EnsureSuccessStatusCode();
        return new Answer(response.Headers.Location?.OriginalString, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>The same request must have the same answer.</summary>
    private void Compare(params ReadOnlySpan<Answer> answers)
    {
        foreach (var again in answers[1..])
        {
            _tally.Count(Fact.RequestsRepeated);
            if (again != answers[0])
            {
                _tally.Count(Fact.AnswersThatDiffer);
            }
        }
    }

    private sealed record Answer(string? Location, string Body);
}
