using System.Collections.Concurrent;
using System.Text;
using Consistency.Kit.Callbacks;

namespace Consistency.Kit.Conformance.Callbacks;

/// <summary>Verifies callbacks whose one header has the hexadecimal text of their event id, and keeps what it is given to process.</summary>
public sealed class CallbackProbe : ICallbackVerifier, ICallbackHandler
{
    /// <summary>The names under which backends add it.</summary>
    public const string First = "first";

    /// <inheritdoc cref="First" />
    public const string Second = "second";

    /// <summary>The header that it asks for.</summary>
    public const string Header = "X-Event";

    /// <summary>What kind of news all are.</summary>
    public const string Kind = "news";

    /// <summary>What was processed.</summary>
    public ConcurrentQueue<StoredCallback> Processed { get; } = new();

    /// <inheritdoc />
    public IReadOnlyList<string> Headers { get; } = [Header];

    /// <inheritdoc />
    public CallbackReply Accepted { get; } = new(200);

    /// <inheritdoc />
    public CallbackReply Refused { get; } = new(400);

    /// <summary>What makes a callback genuine.</summary>
    public static string Sign(string eventId) => Convert.ToHexString(Encoding.UTF8.GetBytes(eventId));

    /// <inheritdoc />
    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var signature = request.Header(Header) ?? "";
        return ValueTask.FromResult<CallbackVerdict>(signature.Length > 0 && signature.All(char.IsAsciiHexDigit)
            ? new CallbackVerdict.Genuine(Encoding.UTF8.GetString(Convert.FromHexString(signature)), Kind)
            : new CallbackVerdict.Forged(CallbackRefusal.BadSignature));
    }

    /// <inheritdoc />
    public Task<CallbackOutcome> HandleAsync(StoredCallback callback, CancellationToken cancellationToken)
    {
        Processed.Enqueue(callback);
        return Task.FromResult(CallbackOutcome.Done);
    }
}
