using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Webhooks;

/// <summary>Verifies Standard Webhooks: HMAC-SHA256 over id, time and raw body, any of several <c>v1</c> signatures, with any of several secrets.</summary>
public sealed class StandardWebhooksVerifier : ICallbackVerifier
{
    private const string Prefix = "whsec_";
    private const int MaxSignatures = 16;

    private readonly byte[][] _secrets;
    private readonly TimeSpan _tolerance;

    /// <summary>Takes the secrets.</summary>
    /// <param name="options">The secrets and the tolerance.</param>
    /// <exception cref="ArgumentException">There is no secret, one cannot be read, or the tolerance is not positive.</exception>
    public StandardWebhooksVerifier(StandardWebhooksOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Secrets.Count == 0 || options.Tolerance <= TimeSpan.Zero)
        {
            throw new ArgumentException("StandardWebhooksOptions: Secrets needs a secret, and Tolerance must be positive.", nameof(options));
        }

        _secrets = [.. options.Secrets.Select(Read)];
        _tolerance = options.Tolerance;
        Headers = [$"{options.HeaderPrefix}-id", $"{options.HeaderPrefix}-timestamp", $"{options.HeaderPrefix}-signature"];
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Headers { get; }

    /// <summary>204.</summary>
    public CallbackReply Accepted { get; } = new(204);

    /// <summary>401.</summary>
    public CallbackReply Refused { get; } = new(401);

    /// <inheritdoc />
    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult(Verify(request));
    }

    private CallbackVerdict Verify(CallbackRequest request)
    {
        if (request.Header(Headers[0]) is not { } id || request.Header(Headers[1]) is not { } timestamp || request.Header(Headers[2]) is not { } header)
        {
            return new CallbackVerdict.Forged(CallbackRefusal.NoSignature);
        }

        if (id.Length is 0 or > 200 || !Signatures.TryReadSeconds(timestamp, out var at))
        {
            return new CallbackVerdict.Forged(CallbackRefusal.Malformed);
        }

        if (!Signatures.IsWithin(at, request.ReceivedAt, _tolerance))
        {
            return new CallbackVerdict.Forged(CallbackRefusal.OutsideWindow);
        }

        var head = Encoding.UTF8.GetBytes($"{id}.{timestamp}.");
        var signatures = header.Split(' ', MaxSignatures + 1, StringSplitOptions.RemoveEmptyEntries).Take(MaxSignatures)
            .Where(part => part.StartsWith("v1,", StringComparison.Ordinal)).Select(part => Signatures.FromBase64(part[3..])).ToList();
        return Signatures.IsSigned(_secrets, head, request.Body.Span, signatures)
            ? new CallbackVerdict.Genuine(id, EventJson.Read(request.Body, "type", "type").First ?? "")
            : new CallbackVerdict.Forged(signatures.Count == 0 ? CallbackRefusal.NoSignature : CallbackRefusal.BadSignature);
    }

    private static byte[] Read(string secret)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secret);
        var text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        return Signatures.FromBase64(text) is { Length: >= 16 } bytes
            ? bytes
            : throw new ArgumentException("A secret of Standard Webhooks is whsec_ and the base64 of at least 16 bytes.", nameof(secret));
    }
}
