namespace Consistency.Kit.Callbacks;

/// <summary>Tells a provider's callbacks from forged ones. The one class that a provider needs; safe for concurrent use.</summary>
public interface ICallbackVerifier
{
    /// <summary>The headers that a genuine callback has, each exactly once. A request without one of them is refused before its body is read.</summary>
    IReadOnlyList<string> Headers { get; }

    /// <summary>What the provider takes as "received". Sent only after the callback is stored.</summary>
    CallbackReply Accepted { get; }

    /// <summary>What the provider takes as "not received": it will send the callback again.</summary>
    CallbackReply Refused { get; }

    /// <summary>Verifies a callback. Does not throw for anything that a stranger can send, and compares secrets in constant time.</summary>
    /// <param name="request">The callback.</param>
    /// <param name="cancellationToken">Cancels the call, for verifiers that fetch keys.</param>
    ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken);
}
