using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.WeChatPay.Internal;

/// <summary>Signs requests to WeChat Pay, API v3, and verifies the answers like callbacks.</summary>
internal sealed class WeChatPayClient
{
    private readonly WeChatPayOptions _options;
    private readonly ProviderHttp _http;
    private readonly TimeProvider _time;
    private readonly WeChatPayVerifier _verifier;
    private readonly RSA _key;

    internal WeChatPayClient(WeChatPayOptions options, HttpClient http, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (string.IsNullOrWhiteSpace(options.MerchantId) || string.IsNullOrWhiteSpace(options.MerchantSerial) || string.IsNullOrWhiteSpace(options.MerchantKey))
        {
            throw new ArgumentException("WeChatPayOptions: MerchantId, MerchantSerial and MerchantKey are needed to ask WeChat Pay.", nameof(options));
        }

        (_options, _time) = (options, time);
        _http = new ProviderHttp("WeChat Pay", http, time, options.Timeout);
        _verifier = new WeChatPayVerifier(options);
        _key = RsaKey.ReadPrivate(options.MerchantKey, "WeChatPayOptions.MerchantKey");
    }

    internal Exception Unknown(string what, ProviderAnswer answer) => _http.Unknown(what, answer, Code(answer));

    /// <summary>The error code of an answer; empty when it has none.</summary>
    internal static string Code(ProviderAnswer answer) => answer.IsSuccess ? "" : EventJson.Read(answer.Body, "code", "code").First ?? "";

    /// <summary>Sends a request. A success has to be signed; an error need not, but a wrong signature is never believed.</summary>
    internal async Task<ProviderAnswer> SendAsync(HttpMethod method, string path, string body, CancellationToken cancellationToken)
    {
        using var request = Request(method, path, body);
        var answer = await _http.SendAsync(request, _verifier.Headers, cancellationToken).ConfigureAwait(false);
        if ((answer.IsSuccess || answer.Headers.Count > 0) && _verifier.Verify(new CallbackRequest(answer.Headers, answer.Body, _time.GetUtcNow())) is { } refusal)
        {
            throw new InvalidDataException($"An answer of WeChat Pay is not to be believed: {refusal}.");
        }

        return answer;
    }

    /// <summary>Opens a download. Its answer is not signed; the hash that came with its address says whether it is whole.</summary>
    internal async Task<HttpResponseMessage> OpenAsync(string path, CancellationToken cancellationToken)
    {
        using var request = Request(HttpMethod.Get, path, "");
        return await _http.OpenAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, string body)
    {
        var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Authorization", Authorization(method.Method, "/" + path, body));
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "Consistency.Kit");
        if (method == HttpMethod.Post)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return request;
    }

    private string Authorization(string method, string path, string body)
    {
        var time = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var nonce = RandomNumberGenerator.GetHexString(32);
        var signature = Convert.ToBase64String(_key.SignData(Encoding.UTF8.GetBytes($"{method}\n{path}\n{time}\n{nonce}\n{body}\n"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        return $"WECHATPAY2-SHA256-RSA2048 mchid=\"{_options.MerchantId}\",nonce_str=\"{nonce}\",signature=\"{signature}\",timestamp=\"{time}\",serial_no=\"{_options.MerchantSerial}\"";
    }
}
