using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.WeChatPay;

/// <summary>Verifies callbacks of WeChat Pay, API v3: SHA256-RSA over time, nonce and raw body, with the key that the serial names.</summary>
/// <remarks>
/// The deliberately wrong signatures with which WeChat Pay probes endpoints (<c>WECHATPAY/SIGNTEST/…</c>) are wrong signatures like any
/// other, and refused. The event id is the notification's; it is the same each time a notification is sent.
/// </remarks>
public sealed class WeChatPayVerifier : ICallbackVerifier
{
    private const string Signature = "Wechatpay-Signature";
    private const string Timestamp = "Wechatpay-Timestamp";
    private const string Nonce = "Wechatpay-Nonce";
    private const string Serial = "Wechatpay-Serial";

    private readonly Dictionary<string, RSA> _keys;
    private readonly TimeSpan _window;

    /// <summary>Takes the keys.</summary>
    /// <param name="options">The keys and the window.</param>
    /// <exception cref="ArgumentException">There is no key, or one cannot be read.</exception>
    public WeChatPayVerifier(WeChatPayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.PlatformKeys.Count == 0 || options.Window <= TimeSpan.Zero)
        {
            throw new ArgumentException("WeChatPayOptions: PlatformKeys needs a key, by its id or serial number, and Window must be positive.", nameof(options));
        }

        _keys = options.PlatformKeys.ToDictionary(key => key.Key, key => RsaKey.ReadPublic(key.Value, $"PlatformKeys[{key.Key}]"), StringComparer.Ordinal);
        _window = options.Window;
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Headers { get; } = [Signature, Timestamp, Nonce, Serial];

    /// <summary>204, which WeChat Pay takes as received.</summary>
    public CallbackReply Accepted { get; } = new(204);

    /// <summary>401 with <c>FAIL</c>; a 200 would count as received, whatever its body says.</summary>
    public CallbackReply Refused { get; } = new(401, """{"code":"FAIL","message":"refused"}""", "application/json");

    /// <inheritdoc />
    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult(Verify(request) is { } refusal
            ? new CallbackVerdict.Forged(refusal)
            : EventJson.Read(request.Body, "id", "event_type") is ({ Length: > 0 } id, { } kind)
                ? new CallbackVerdict.Genuine(id, kind)
                : (CallbackVerdict)new CallbackVerdict.Forged(CallbackRefusal.Malformed));
    }

    /// <summary>Verifies a signature of WeChat Pay's, of a callback or of an answer; null when it fits.</summary>
    internal CallbackRefusal? Verify(CallbackRequest request)
    {
        if (request.Header(Signature) is not { } signature || request.Header(Timestamp) is not { } timestamp
            || request.Header(Nonce) is not { } nonce || request.Header(Serial) is not { } serial)
        {
            return CallbackRefusal.NoSignature;
        }

        if (!Signatures.TryReadSeconds(timestamp, out var at) || nonce.Length > 128)
        {
            return CallbackRefusal.Malformed;
        }

        if (!Signatures.IsWithin(at, request.ReceivedAt, _window))
        {
            return CallbackRefusal.OutsideWindow;
        }

        if (!_keys.TryGetValue(serial, out var key))
        {
            return CallbackRefusal.UnknownKey;
        }

        var hash = Signatures.Sha256(Encoding.UTF8.GetBytes($"{timestamp}\n{nonce}\n"), request.Body.Span, "\n"u8);
        return Signatures.FromBase64(signature) is { } bytes && key.VerifyHash(hash, bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ? null
            : CallbackRefusal.BadSignature;
    }
}
