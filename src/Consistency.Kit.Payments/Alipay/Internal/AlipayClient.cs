using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Alipay.Internal;

/// <summary>Signs requests to Alipay's gateway with RSA2 and verifies the answers over their raw bytes.</summary>
internal sealed class AlipayClient
{
    private readonly AlipayOptions _options;
    private readonly ProviderHttp _http;
    private readonly TimeProvider _time;
    private readonly RSA _ours;
    private readonly RSA _theirs;

    internal AlipayClient(AlipayOptions options, HttpClient http, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (string.IsNullOrWhiteSpace(options.AppId) || string.IsNullOrWhiteSpace(options.SellerId))
        {
            throw new ArgumentException("AlipayOptions: AppId, SellerId and PrivateKey are needed to ask Alipay.", nameof(options));
        }

        (_options, _time) = (options, time);
        _http = new ProviderHttp("Alipay", http, time, options.Timeout);
        _ours = RsaKey.ReadPrivate(options.PrivateKey, "AlipayOptions.PrivateKey");
        _theirs = RsaKey.ReadPublic(options.PublicKey, "AlipayOptions.PublicKey");
    }

    /// <summary>Calls a method of the gateway.</summary>
    /// <param name="method">Such as <c>alipay.trade.query</c>.</param>
    /// <param name="write">Writes the fields of <c>biz_content</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="InvalidDataException">The answer is not Alipay's.</exception>
    internal async Task<AlipayAnswer> CallAsync(string method, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["app_id"] = _options.AppId,
            ["method"] = method,
            ["format"] = "JSON",
            ["charset"] = "utf-8",
            ["sign_type"] = "RSA2",
            ["timestamp"] = _time.GetUtcNow().ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["version"] = "1.0",
        };
        var content = Json(write);
        var text = AlipayForm.SignedText(new Dictionary<string, string>(fields) { ["biz_content"] = content }, isRequest: true);
        fields["sign"] = Convert.ToBase64String(_ours.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        var query = string.Join('&', fields.Select(field => $"{field.Key}={Uri.EscapeDataString(field.Value)}"));
        using var form = new FormUrlEncodedContent([new KeyValuePair<string, string>("biz_content", content)]);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("gateway.do?" + query, UriKind.Relative)) { Content = form };
        var answer = await _http.SendAsync(request, [], cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? Verify(answer, method.Replace('.', '_') + "_response") : throw _http.Unknown(method, answer, null);
    }

    /// <summary>Opens a download, whose address came in an answer.</summary>
    internal async Task<HttpResponseMessage> OpenAsync(Uri address, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await _http.OpenAsync(request, cancellationToken).ConfigureAwait(false);
    }

    internal Exception Unknown(string method, AlipayAnswer answer) => _http.Unknown(method, answer.Raw, $"{answer.Code} {EventJson.Text(answer.Body, "sub_code")}".Trim());

    // What is signed is the text of the answer's value as it stands between the braces of the envelope.
    private AlipayAnswer Verify(ProviderAnswer answer, string name)
    {
        var (value, sign) = Split(answer.Body, name);
        if (value is not { } signed || sign is null || Signatures.FromBase64(sign) is not { } signature
            || !_theirs.VerifyData(answer.Body.AsSpan(signed), signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
        {
            throw new InvalidDataException($"An answer of Alipay is not to be believed: {(sign is null ? "it is not signed" : "the signature does not fit")}. {Hint(answer)}".TrimEnd());
        }

        return new AlipayAnswer(answer, EventJson.Parse(answer.Body.AsMemory(signed), "Alipay's answer"));
    }

    // The gateway does not sign what it says of a request whose signature it could not verify.
    private static string Hint(ProviderAnswer answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer.Body);
            var said = json.RootElement.EnumerateObject().Select(part => part.Value).FirstOrDefault(part => part.ValueKind == JsonValueKind.Object);
            return $"{EventJson.Text(said, "code")} {EventJson.Text(said, "sub_code")}".Trim();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private static (Range? Value, string? Sign) Split(byte[] body, string name)
    {
        (Range? Value, string? Sign) found = default;
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = 32 });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isValue = reader.ValueTextEquals(name);
                var isSign = reader.ValueTextEquals("sign"u8);
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                if (isSign && reader.TokenType == JsonTokenType.String)
                {
                    found.Sign = reader.GetString();
                }

                reader.Skip();
                if (isValue)
                {
                    found.Value = start..(int)reader.BytesConsumed;
                }
            }

            return found;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return default;
        }
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
