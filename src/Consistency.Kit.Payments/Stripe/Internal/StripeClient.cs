using System.Net;
using System.Net.Http.Headers;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Stripe.Internal;

/// <summary>Sends requests to Stripe's API. Answers are believed because of TLS: they are not signed.</summary>
internal sealed class StripeClient
{
    private readonly ProviderHttp _http;
    private readonly AuthenticationHeaderValue _key;

    internal StripeClient(StripeOptions options, HttpClient http, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (string.IsNullOrWhiteSpace(options.ApiKey) || string.IsNullOrWhiteSpace(options.Account) || string.IsNullOrWhiteSpace(options.OrderKey) || options.FindIntents is null)
        {
            throw new ArgumentException("StripeOptions: ApiKey, Account, OrderKey and FindIntents are needed to ask Stripe.", nameof(options));
        }

        _http = new ProviderHttp("Stripe", http, time, options.Timeout);
        _key = new AuthenticationHeaderValue("Bearer", options.ApiKey);
    }

    internal Exception Unknown(string what, ProviderAnswer answer) => _http.Unknown(what, answer, Code(answer));

    /// <summary>The error code of an answer; empty when it has none.</summary>
    internal static string Code(ProviderAnswer answer)
    {
        if (answer.Status is HttpStatusCode.OK)
        {
            return "";
        }

        try
        {
            using var json = EventJson.Parse(answer.Body, "Stripe's answer");
            return EventJson.Text(EventJson.Part(json.RootElement, "error"), "code") ?? "";
        }
        catch (InvalidDataException)
        {
            return "";
        }
    }

    internal Task<ProviderAnswer> GetAsync(string path, CancellationToken cancellationToken) => SendAsync(HttpMethod.Get, path, null, null, cancellationToken);

    internal Task<ProviderAnswer> PostAsync(string path, IReadOnlyList<KeyValuePair<string, string>> form, string? idempotencyKey, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, path, form, idempotencyKey, cancellationToken);

    private async Task<ProviderAnswer> SendAsync(
        HttpMethod method, string path, IReadOnlyList<KeyValuePair<string, string>>? form, string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var content = form is null ? null : new FormUrlEncodedContent(form);
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        request.Headers.Authorization = _key;
        if (idempotencyKey is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        }

        return await _http.SendAsync(request, [], cancellationToken).ConfigureAwait(false);
    }
}
