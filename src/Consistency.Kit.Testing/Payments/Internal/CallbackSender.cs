using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Consistency.Kit.Testing.Payments.Internal;

/// <summary>Sends callbacks until they are acknowledged or given up.</summary>
internal sealed class CallbackSender(PaymentSimulatorOptions options) : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<Task, bool> _sending = new();
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new(StringComparer.Ordinal);
    private int _sent;
    private int _forgedSent;
    private int _forgedAccepted;

    internal int Sent => _sent;

    internal IReadOnlyCollection<string> Acknowledged => [.. _acknowledged.Keys];

    internal int ForgedSent => _forgedSent;

    internal int ForgedAccepted => _forgedAccepted;

    internal void Send(SimulatedPayment payment, bool lost, bool doubled, bool forged, TimeSpan delay)
    {
        if (options.CallbackAddress is null)
        {
            return;
        }

        if (forged)
        {
            Run(() => ForgeAsync(payment));
        }

        for (var copy = 0; !lost && copy < (doubled ? 2 : 1); copy++)
        {
            Run(() => DeliverAsync(payment, delay));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_sending.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stopping.Dispose();
    }

    private void Run(Func<Task> send)
    {
        var task = Task.Run(send);
        _sending[task] = true;
        _ = task.ContinueWith(done => _sending.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task DeliverAsync(SimulatedPayment payment, TimeSpan delay)
    {
        await WaitAsync(delay).ConfigureAwait(false);
        var body = ProviderJson.Write(payment, options.Merchant);
        for (var retry = 0; retry <= options.MaxRetries && !_stopping.IsCancellationRequested; retry++)
        {
            Interlocked.Increment(ref _sent);
            if (await PostAsync(body, SimulatedVerifier.Sign(options.Secret, body)).ConfigureAwait(false) is < HttpStatusCode.MultipleChoices)
            {
                _acknowledged[payment.TransactionId] = true;
                return;
            }

            await WaitAsync(options.Retries[Math.Min(retry, options.Retries.Count - 1)]).ConfigureAwait(false);
        }
    }

    /// <summary>Money that nobody has paid, signed by somebody who does not know the secret, or with the signature of another text.</summary>
    private async Task ForgeAsync(SimulatedPayment payment)
    {
        Interlocked.Increment(ref _forgedSent);
        var forged = ProviderJson.Write(payment with { TransactionId = "forged-" + payment.TransactionId }, options.Merchant);
        var signature = payment.Amount % 2 == 0 ? SimulatedVerifier.Sign("another secret", forged) : SimulatedVerifier.Sign(options.Secret, forged + " ");
        for (var retry = 0; retry <= options.MaxRetries && !_stopping.IsCancellationRequested; retry++)
        {
            // Whoever forges takes no answer, or one that says nothing, for no refusal.
            switch (await PostAsync(forged, signature).ConfigureAwait(false))
            {
                case null or >= HttpStatusCode.InternalServerError:
                    await WaitAsync(options.Retries[Math.Min(retry, options.Retries.Count - 1)]).ConfigureAwait(false);
                    break;
                case < HttpStatusCode.MultipleChoices:
                    Interlocked.Increment(ref _forgedAccepted);
                    return;
                default:
                    return;
            }
        }
    }

    /// <summary>Null when there was no answer.</summary>
    private async Task<HttpStatusCode?> PostAsync(string body, string signature)
    {
        try
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, options.CallbackAddress) { Content = content };
            request.Headers.TryAddWithoutValidation(SimulatedVerifier.Header, signature);
            using var response = await _http.SendAsync(request, _stopping.Token).ConfigureAwait(false);
            return response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private Task WaitAsync(TimeSpan delay) => Task.Delay(delay, TimeProvider.System, _stopping.Token);
}
