using System.Text;
using Consistency.Kit.Callbacks;

namespace Consistency.Kit.Payments.Tests;

/// <summary>Asks a verifier.</summary>
internal static class Verdicts
{
    internal static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    internal static async Task<CallbackVerdict> OfAsync(ICallbackVerifier verifier, string body, DateTimeOffset at, params (string Name, string Value)[] headers) =>
        await verifier.VerifyAsync(new CallbackRequest(headers.ToDictionary(header => header.Name, header => header.Value), Encoding.UTF8.GetBytes(body), at), CancellationToken.None);

    internal static void IsForged(CallbackRefusal reason, CallbackVerdict verdict) => Assert.Equal(new CallbackVerdict.Forged(reason), verdict);
}
