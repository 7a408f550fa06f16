using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Alipay;

/// <summary>Verifies asynchronous notifications of Alipay: SHA256-RSA (RSA2) over the sorted fields of the form.</summary>
/// <remarks>
/// Alipay signs no time that says when a notification was sent, so there is no replay window: a recording has the id of its original
/// (<c>notify_id</c>), and is a repeat. RSA with SHA-1 is refused.
/// </remarks>
public sealed class AlipayVerifier : ICallbackVerifier
{
    private readonly RSA _key;
    private readonly string _appId;

    /// <summary>Takes the key.</summary>
    /// <param name="options">The key and the application.</param>
    /// <exception cref="ArgumentException">The key cannot be read, or the application's id is missing.</exception>
    public AlipayVerifier(AlipayOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.AppId, nameof(options));
        _key = RsaKey.ReadPublic(options.PublicKey, "AlipayOptions.PublicKey");
        _appId = options.AppId;
    }

    /// <summary>None: the signature is a field of the form.</summary>
    public IReadOnlyList<string> Headers { get; } = [];

    /// <summary>The word <c>success</c>, and nothing else.</summary>
    public CallbackReply Accepted { get; } = new(200, "success");

    /// <summary>The word <c>failure</c>.</summary>
    public CallbackReply Refused { get; } = new(400, "failure");

    /// <inheritdoc />
    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult(Verify(request));
    }

    private CallbackVerdict Verify(CallbackRequest request)
    {
        if (AlipayForm.Read(request.Body.Span) is not { } form)
        {
            return new CallbackVerdict.Forged(CallbackRefusal.Malformed);
        }

        if (form.GetValueOrDefault("sign") is not { Length: > 0 } sign)
        {
            return new CallbackVerdict.Forged(CallbackRefusal.NoSignature);
        }

        if (form.GetValueOrDefault("sign_type", "RSA2") != "RSA2" || form.GetValueOrDefault("app_id") != _appId)
        {
            return new CallbackVerdict.Forged(CallbackRefusal.UnknownKey);
        }

        var signed = Encoding.UTF8.GetBytes(AlipayForm.SignedText(form));
        return Signatures.FromBase64(sign) is not { } bytes || !_key.VerifyData(signed, bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            ? new CallbackVerdict.Forged(CallbackRefusal.BadSignature)
            : form.GetValueOrDefault("notify_id") is { Length: > 0 } id
                ? new CallbackVerdict.Genuine(id, form.GetValueOrDefault("trade_status", form.GetValueOrDefault("notify_type", "")))
                : new CallbackVerdict.Forged(CallbackRefusal.Malformed);
    }
}
