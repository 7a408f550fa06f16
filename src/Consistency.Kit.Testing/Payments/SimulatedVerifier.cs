using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Consistency.Kit.Callbacks;

namespace Consistency.Kit.Testing.Payments;

/// <summary>Verifies the callbacks of a <see cref="PaymentSimulator"/>.</summary>
public sealed class SimulatedVerifier : ICallbackVerifier
{
    internal const string Header = "Simulator-Signature";

    private readonly string _secret;

    /// <summary>Takes the secret.</summary>
    /// <param name="secret">As in <see cref="PaymentSimulatorOptions.Secret"/>.</param>
    public SimulatedVerifier(string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        _secret = secret;
    }

    /// <inheritdoc />
    public IReadOnlyList<string> Headers { get; } = [Header];

    /// <inheritdoc />
    public CallbackReply Accepted { get; } = new(200, "SUCCESS");

    /// <inheritdoc />
    public CallbackReply Refused { get; } = new(401, "FAIL");

    /// <inheritdoc />
    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var given = Encoding.UTF8.GetBytes(request.Header(Header) ?? "");
        var expected = Encoding.UTF8.GetBytes(Sign(_secret, request.Body.Span));
        if (!CryptographicOperations.FixedTimeEquals(given, expected))
        {
            return ValueTask.FromResult<CallbackVerdict>(new CallbackVerdict.Forged(CallbackRefusal.BadSignature));
        }

        using var json = JsonDocument.Parse(request.Body);
        return ValueTask.FromResult<CallbackVerdict>(new CallbackVerdict.Genuine(json.RootElement.GetProperty("transaction"u8).GetString()!, "paid"));
    }

    internal static string Sign(string secret, string body) => Sign(secret, Encoding.UTF8.GetBytes(body));

    private static string Sign(string secret, ReadOnlySpan<byte> body) => Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}
