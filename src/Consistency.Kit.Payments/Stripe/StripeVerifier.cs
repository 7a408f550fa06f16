using System.Text;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Stripe;

/// <summary>Verifies webhooks of Stripe: HMAC-SHA256 over time and raw body, any of several <c>v1</c> signatures.</summary>
public sealed class StripeVerifier : ICallbackVerifier
{
    private const string Signature = "Stripe-Signature";
    private const int MaxSignatures = 16;

    private readonly byte[][] _secrets;
    private readonly TimeSpan _tolerance;

    /// <summary>Takes the secrets.</summary>
    /// <param name="options">The secrets and the tolerance.</param>
    /// <exception cref="ArgumentException">There is no secret, or the tolerance is not positive.</exception>
    public StripeVerifier(StripeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Secrets.Count == 0 || options.Secrets.Any(string.IsNullOrWhiteSpace) || options.Tolerance <= TimeSpan.Zero)
        {
            throw new ArgumentException("StripeOptions: Secrets needs the endpoint's signing secret, and Tolerance must be positive.", nameof(options));
        }

        _secrets = [.. options.Secrets.Select(Encoding.UTF8.GetBytes)];
        _tolerance = options.Tolerance;
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Headers { get; } = [Signature];

    /// <summary>200.</summary>
    public CallbackReply Accepted { get; } = new(200);

    /// <summary>400.</summary>
    public CallbackReply Refused { get; } = new(400);

    /// <inheritdoc />
    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult(Verify(request) is { } refusal
            ? new CallbackVerdict.Forged(refusal)
            : EventJson.Read(request.Body, "id", "type") is ({ Length: > 0 } id, { } kind)
                ? new CallbackVerdict.Genuine(id, kind)
                : (CallbackVerdict)new CallbackVerdict.Forged(CallbackRefusal.Malformed));
    }

    private CallbackRefusal? Verify(CallbackRequest request)
    {
        if (request.Header(Signature) is not { } header)
        {
            return CallbackRefusal.NoSignature;
        }

        var parts = header.Split(',', MaxSignatures + 2, StringSplitOptions.TrimEntries);
        var time = parts.Where(part => part.StartsWith("t=", StringComparison.Ordinal)).Select(part => part[2..]).ToList();
        var signatures = parts.Where(part => part.StartsWith("v1=", StringComparison.Ordinal)).Select(part => part[3..]).Take(MaxSignatures).ToList();
        if (signatures.Count == 0)
        {
            return CallbackRefusal.NoSignature;
        }

        if (time.Count != 1 || !Signatures.TryReadSeconds(time[0], out var at))
        {
            return CallbackRefusal.Malformed;
        }

        if (!Signatures.IsWithin(at, request.ReceivedAt, _tolerance))
        {
            return CallbackRefusal.OutsideWindow;
        }

        return Signatures.IsSigned(_secrets, Encoding.UTF8.GetBytes(time[0] + "."), request.Body.Span, signatures.ConvertAll(Signatures.FromHex))
            ? null
            : CallbackRefusal.BadSignature;
    }
}
