namespace Consistency.Kit.Callbacks;

/// <summary>What a stranger has sent: nothing of it is believed yet.</summary>
public sealed class CallbackRequest
{
    private readonly IReadOnlyDictionary<string, string> _headers;

    /// <summary>Describes a request.</summary>
    /// <param name="headers">The headers that the verifier asked for, each at most once; names without regard to case.</param>
    /// <param name="body">The body as it was received.</param>
    /// <param name="receivedAt">When it was received.</param>
    public CallbackRequest(IReadOnlyDictionary<string, string> headers, ReadOnlyMemory<byte> body, DateTimeOffset receivedAt)
    {
        ArgumentNullException.ThrowIfNull(headers);
        _headers = new Dictionary<string, string>(headers, StringComparer.OrdinalIgnoreCase);
        Body = body;
        ReceivedAt = receivedAt;
    }

    /// <summary>The body as it was received: signatures are over these bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>When it was received.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>The headers that were asked for.</summary>
    public IReadOnlyDictionary<string, string> Headers => _headers;

    /// <summary>A header; null when it is not there.</summary>
    /// <param name="name">Its name, without regard to case.</param>
    public string? Header(string name) => _headers.GetValueOrDefault(name);
}
