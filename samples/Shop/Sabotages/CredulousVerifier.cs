using System.Text.Json;
using Consistency.Kit.Callbacks;

namespace Shop.Sabotages;

/// <summary>Believes whatever looks like a callback.</summary>
internal sealed class CredulousVerifier(ICallbackVerifier inner) : ICallbackVerifier
{
    public IReadOnlyList<string> Headers => inner.Headers;

    public CallbackReply Accepted => inner.Accepted;

    public CallbackReply Refused => inner.Refused;

    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var json = JsonDocument.Parse(request.Body);
        return ValueTask.FromResult<CallbackVerdict>(new CallbackVerdict.Genuine(json.RootElement.GetProperty("transaction"u8).GetString()!, "paid"));
    }
}
