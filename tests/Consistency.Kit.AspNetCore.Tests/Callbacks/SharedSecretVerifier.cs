using System.Security.Cryptography;
using Consistency.Kit.Callbacks;

namespace Consistency.Kit.AspNetCore.Tests.Callbacks;

/// <summary>The smallest provider: a shared secret signs the body, whose first line is the event's id.</summary>
internal sealed class SharedSecretVerifier : ICallbackVerifier
{
    private static readonly byte[] Secret = "a secret that nobody guesses"u8.ToArray();

    internal int Asked { get; private set; }

    public IReadOnlyList<string> Headers { get; } = ["X-Signature"];

    public CallbackReply Accepted { get; } = new(200, "SUCCESS");

    public CallbackReply Refused { get; } = new(401, "FAIL");

    public ValueTask<CallbackVerdict> VerifyAsync(CallbackRequest request, CancellationToken cancellationToken)
    {
        Asked++;
        var given = Convert.FromHexString(request.Header("X-Signature")!);
        var text = System.Text.Encoding.UTF8.GetString(request.Body.Span);
        return ValueTask.FromResult<CallbackVerdict>(CryptographicOperations.FixedTimeEquals(given, HMACSHA256.HashData(Secret, request.Body.Span))
            ? new CallbackVerdict.Genuine(text.Split('\n')[0], "news")
            : new CallbackVerdict.Forged(CallbackRefusal.BadSignature));
    }

    internal static string Sign(string body) => Convert.ToHexString(HMACSHA256.HashData(Secret, System.Text.Encoding.UTF8.GetBytes(body)));
}
