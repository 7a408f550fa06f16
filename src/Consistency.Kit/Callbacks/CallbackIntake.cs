using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Callbacks.Internal;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.Messaging;
using Consistency.Kit.Work;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Callbacks;

/// <summary>Takes in the callbacks of one provider: verifies, and stores what is genuine. What an endpoint calls.</summary>
public sealed class CallbackIntake
{
    private readonly WorkStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    internal CallbackIntake(string provider, ICallbackVerifier verifier, WorkStore store, TimeProvider time, ILogger logger)
    {
        Provider = provider;
        Verifier = verifier;
        _store = store;
        _time = time;
        _logger = logger;
    }

    /// <summary>The name under which the callbacks are registered.</summary>
    public string Provider { get; }

    /// <summary>Tells genuine callbacks from forged ones.</summary>
    public ICallbackVerifier Verifier { get; }

    /// <summary>Verifies a callback and stores it when it is genuine.</summary>
    /// <param name="headers">The headers that <see cref="ICallbackVerifier.Headers"/> names.</param>
    /// <param name="body">The body as it was received.</param>
    /// <param name="cancellationToken">Cancels the call; the callback may be stored or not, and may be sent again.</param>
    /// <returns>Durable when it says <see cref="CallbackReceipt.Stored"/> or <see cref="CallbackReceipt.Repeated"/>: only then tell the provider so.</returns>
    /// <remarks>One insert: there is one row for each provider and event id, for as long as ended work is kept.</remarks>
    public async Task<CallbackReceipt> ReceiveAsync(IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var request = new CallbackRequest(headers, body, _time.GetUtcNow());
        var verdict = await VerifyAsync(request, cancellationToken).ConfigureAwait(false);
        if (verdict is not CallbackVerdict.Genuine genuine)
        {
            return Refuse(((CallbackVerdict.Forged)verdict).Reason);
        }

        var scope = CallbackKind.ScopeOf(Provider);
        var (traceParent, traceState) = TraceContext.Capture();
        CrashPoint.At("callback.storing");
        var added = await _store.AddAsync(
            new NewWork
            {
                Scope = scope,
                Type = scope,
                Key = Key(genuine.EventId),
                Input = CallbackCodec.Write(new StoredCallback(Provider, genuine.EventId, genuine.Kind, request.ReceivedAt, request.Headers, body)),
                TraceParent = traceParent,
                TraceState = traceState,
            },
            cancellationToken).ConfigureAwait(false);
        CrashPoint.At("callback.stored");
        CallbackTelemetry.Received(Provider, added.IsExisting ? "repeated" : "stored");
        return added.IsExisting ? new CallbackReceipt.Repeated() : new CallbackReceipt.Stored();
    }

    /// <summary>Counts a request that is refused before it can be verified: its headers or its size say enough.</summary>
    /// <param name="reason">Why.</param>
    public CallbackReceipt Refuse(CallbackRefusal reason)
    {
        CallbackTelemetry.Received(Provider, reason switch
        {
            CallbackRefusal.NoSignature => "no signature",
            CallbackRefusal.BadSignature => "bad signature",
            CallbackRefusal.UnknownKey => "unknown key",
            CallbackRefusal.OutsideWindow => "outside window",
            CallbackRefusal.RepeatedHeader => "repeated header",
            CallbackRefusal.TooLarge => "too large",
            CallbackRefusal.TooSlow => "too slow",
            _ => "malformed",
        });
        CallbackLog.Refused(_logger, Provider, reason);
        return new CallbackReceipt.Refused(reason);
    }

    private async ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await Verifier.VerifyAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException or CryptographicException)
        {
            // A verifier that trips over what a stranger has sent has not verified it.
            CallbackLog.VerifierFailed(_logger, Provider, exception);
            return new CallbackVerdict.Forged(CallbackRefusal.Malformed);
        }
    }

    // What is too long for a key is told apart by its hash.
    private static string Key(string eventId) => eventId.Length <= 200 ? eventId : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(eventId)));
}
